# SPDX-License-Identifier: GPL-2.0-only
# credsspctl, the command. It has libcredssp, accounts/ and cred/ inside, so that it runs from $(O).

completiondir		?= $(prefix)/share/bash-completion/completions
docdir			?= $(prefix)/share/doc/credssp

credsspctl_src		:= $(filter-out %_test.c,$(wildcard $(HERE)/credsspctl/*.c $(HERE)/credsspctl/*/*.c))
credsspctl_obj		:= $(credsspctl_src:$(HERE)/%.c=$(O)/obj/%.o)
credsspctl_test		:= $(patsubst $(HERE)/%.c,$(O)/obj/%.o,$(wildcard $(HERE)/credsspctl/*/*_test.c))
credsspctl_libs		:= $(shell $(PKG_CONFIG) --libs gnutls libkeyutils libidn2 expat) \
			   $(accounts_libs) -pthread

CFLAGS_credsspctl	:= -pthread -DVERSION='"$(VERSION)"' -I$(HERE)/credsspctl -I$(HERE)/libcredssp \
			   -I$(HERE)/accounts -I$(HERE)/cred \
			   $(shell $(PKG_CONFIG) --cflags gnutls libkeyutils expat)

BINS		+= $(O)/credsspctl
MANS		+= $(wildcard $(HERE)/man/credsspctl*.1) $(HERE)/man/credssp-policy.conf.5
CHECKS		+= check-credsspctl
INSTALLS	+= install-credsspctl

$(O)/credsspctl: $(credsspctl_obj) $(accounts_obj) $(cred_obj) $(O)/libcredssp.a
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspctl_libs)

$(O)/ctl_test: $(filter-out %/main.o,$(credsspctl_obj)) $(credsspctl_test) $(accounts_obj) $(cred_obj) $(O)/libcredssp.a
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspctl_libs)

check-credsspctl: $(O)/ctl_test $(O)/credsspctl
	$(O)/ctl_test
	$(HERE)/credsspctl/check.sh $(O)/credsspctl
	$(HERE)/credsspctl/fail2ban.sh $(O)/ctl_test

install-credsspctl:
	$(INSTALL) -D -m 0644 $(HERE)/credsspctl/credsspctl.bash \
		$(DESTDIR)$(completiondir)/credsspctl
	$(INSTALL) -D -m 0644 $(HERE)/units/modules-load.conf \
		$(DESTDIR)$(modulesloaddir)/credssp.conf
	$(INSTALL) -D -m 0644 $(HERE)/units/policy.conf.example \
		$(DESTDIR)$(docdir)/policy.conf.example
	$(INSTALL) -d $(DESTDIR)$(unitdir)
	sed -e 's|@bindir@|$(bindir)|' $(HERE)/units/credssp-policy.service.in \
		>$(DESTDIR)$(unitdir)/credssp-policy.service
	chmod 0644 $(DESTDIR)$(unitdir)/credssp-policy.service
	$(INSTALL) -D -m 0644 $(HERE)/units/70-credssp.rules \
		$(DESTDIR)$(udevrulesdir)/70-credssp.rules
