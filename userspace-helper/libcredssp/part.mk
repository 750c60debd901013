# SPDX-License-Identifier: GPL-2.0-only
# libcredssp: shared and static, header, pkg-config file, man page.

LIBCREDSSP_SO		:= libcredssp.so.0
LIBCREDSSP_REAL		:= libcredssp.so.$(VERSION)

PIC_libcredssp		:= -fPIC
CFLAGS_libcredssp	:= $(shell $(PKG_CONFIG) --cflags libidn2)
LIBCREDSSP_LIBS		:= $(shell $(PKG_CONFIG) --libs libidn2)

LIBCREDSSP_SRCS		:= $(filter-out %_test.c %/fake_device.c,$(wildcard $(HERE)/libcredssp/*.c))
LIBCREDSSP_OBJS		:= $(LIBCREDSSP_SRCS:$(HERE)/%.c=$(O)/obj/%.o)

LIBS			+= $(O)/$(LIBCREDSSP_REAL) $(O)/libcredssp.a
LIBCREDSSP_HEADERS	:= $(HERE)/libcredssp/credssp.h $(HERE)/libcredssp/credssp_inner.h \
			   $(HERE)/libcredssp/credssp_accept.h \
			   $(HERE)/libcredssp/credssp_text.h
HEADERS			+= $(LIBCREDSSP_HEADERS)
MANS			+= $(HERE)/man/libcredssp.3 $(HERE)/man/credssp.4
CHECKS			+= check-libcredssp
INSTALLS		+= install-libcredssp install-calls

# A page for each call, from the comments of the headers, as a directory of them
LIBCREDSSP_CALLS	:= $(O)/man/.made
KDOC_MAN		:= $(HERE)/../scripts/kdoc-man
build: $(LIBCREDSSP_CALLS)

$(LIBCREDSSP_CALLS): $(LIBCREDSSP_HEADERS) $(wildcard $(HERE)/../include/linux/*.h) \
		$(KDOC_MAN).sh $(KDOC_MAN).awk
	@echo "  MAN     calls"
	$(Q)$(RM) -r $(@D)
	$(Q)$(KDOC_MAN).sh $(@D)
	$(Q)touch $@

$(O)/libcredssp.a: $(LIBCREDSSP_OBJS)
	@echo "  AR      $(@F)"
	$(Q)$(RM) $@
	$(Q)$(AR) rcs $@ $^

$(O)/$(LIBCREDSSP_REAL): $(LIBCREDSSP_OBJS) $(HERE)/libcredssp/libcredssp.map
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -Wl,-soname,$(LIBCREDSSP_SO) \
		-Wl,--version-script=$(HERE)/libcredssp/libcredssp.map \
		-Wl,--no-undefined -o $@ $(LIBCREDSSP_OBJS) $(LIBCREDSSP_LIBS)
	$(Q)ln -sf $(LIBCREDSSP_REAL) $(O)/$(LIBCREDSSP_SO)
	$(Q)ln -sf $(LIBCREDSSP_SO) $(O)/libcredssp.so

# The test also uses functions that the shared library does not export
$(O)/lib_test: $(O)/obj/libcredssp/lib_test.o $(O)/obj/libcredssp/words_test.o \
		$(O)/obj/libcredssp/pack_test.o $(O)/obj/libcredssp/inner_test.o \
		$(O)/obj/libcredssp/fake_device.o $(O)/obj/libcredssp/target_test.o \
		$(O)/obj/libcredssp/accept_test.o \
		$(O)/libcredssp.a
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(LIBCREDSSP_LIBS)

# Exactly the functions of the headers are exported
check-libcredssp: $(O)/lib_test $(O)/$(LIBCREDSSP_REAL)
	$(O)/lib_test
	$(HERE)/libcredssp/check-symbols.sh $(O)/$(LIBCREDSSP_REAL) $(LIBCREDSSP_HEADERS)
	CC="$(CC)" $(HERE)/libcredssp/check-headers.sh $(HERE)/libcredssp $(HERE)/../include/uapi

install-calls: $(LIBCREDSSP_CALLS)
	$(INSTALL) -D -m 0644 -t $(DESTDIR)$(mandir)/man3 $(O)/man/*.3
	$(INSTALL) -D -m 0644 -t $(DESTDIR)$(mandir)/man9 $(O)/man/*.9

install-libcredssp: $(LIBS)
	$(INSTALL) -d $(DESTDIR)$(libdir)/pkgconfig $(DESTDIR)$(includedir)/linux
	ln -sf $(LIBCREDSSP_REAL) $(DESTDIR)$(libdir)/$(LIBCREDSSP_SO)
	ln -sf $(LIBCREDSSP_SO) $(DESTDIR)$(libdir)/libcredssp.so
	$(INSTALL) -m 0644 $(HERE)/../include/uapi/linux/credssp.h \
		$(HERE)/../include/uapi/linux/credssp_attr.h \
		$(HERE)/../include/uapi/linux/credssp_helper.h \
		$(HERE)/../include/uapi/linux/credssp_accept.h \
		$(HERE)/../include/uapi/linux/credssp_buffers.h \
		$(HERE)/../include/uapi/linux/credssp_policy.h \
		$(DESTDIR)$(includedir)/linux
	sed -e 's|@prefix@|$(prefix)|' -e 's|@libdir@|$(libdir)|' \
		-e 's|@includedir@|$(includedir)|' -e 's|@version@|$(VERSION)|' \
		$(HERE)/libcredssp/libcredssp.pc.in \
		>$(DESTDIR)$(libdir)/pkgconfig/libcredssp.pc
