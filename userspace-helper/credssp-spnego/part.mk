# SPDX-License-Identifier: GPL-2.0-only
# credssp-spnego, which answers cifs.ko's upcall. It has libcredssp inside, so that it runs
# wherever request-key finds it.

spnego_src		:= $(filter-out %_test.c,$(wildcard $(HERE)/credssp-spnego/*.c))
spnego_obj		:= $(spnego_src:$(HERE)/%.c=$(O)/obj/%.o)
spnego_test		:= $(patsubst $(HERE)/%.c,$(O)/obj/%.o,$(wildcard $(HERE)/credssp-spnego/*_test.c))
spnego_libs		:= $(shell $(PKG_CONFIG) --libs libkeyutils libidn2)

CFLAGS_credssp-spnego	:= -DVERSION='"$(VERSION)"' -I$(HERE)/libcredssp \
			   $(shell $(PKG_CONFIG) --cflags libkeyutils)

PROGRAMS	+= $(O)/credssp-spnego
MANS		+= $(HERE)/man/credssp-spnego.8
CHECKS		+= check-credssp-spnego
INSTALLS	+= install-credssp-spnego

$(O)/credssp-spnego: $(spnego_obj) $(O)/libcredssp.a
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(spnego_libs)

$(O)/spnego_test: $(filter-out %/main.o %/exchange.o,$(spnego_obj)) $(spnego_test)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^

check-credssp-spnego: $(O)/spnego_test
	$(O)/spnego_test

install-credssp-spnego:
	$(INSTALL) -d $(DESTDIR)$(docdir)
	sed -e 's|@sbindir@|$(sbindir)|' $(HERE)/units/cifs.spnego.conf.in \
		>$(DESTDIR)$(docdir)/cifs.spnego.conf
	chmod 0644 $(DESTDIR)$(docdir)/cifs.spnego.conf
