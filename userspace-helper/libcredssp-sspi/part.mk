# SPDX-License-Identifier: GPL-2.0-only
# libcredssp-sspi.so, which programs of FreeRDP load as their SSPI module. It has libcredssp
# inside: the directory that it is loaded from is of no importance then.

sspi_src		:= $(filter-out %_test.c,$(wildcard $(HERE)/libcredssp-sspi/*.c))
sspi_obj		:= $(sspi_src:$(HERE)/%.c=$(O)/obj/%.o)
sspi_map		:= $(HERE)/libcredssp-sspi/libcredssp-sspi.map

PIC_libcredssp-sspi	:= -fPIC
CFLAGS_libcredssp-sspi	:= -I$(HERE)/libcredssp

PLUGINS		+= $(O)/libcredssp-sspi.so
CHECKS		+= check-libcredssp-sspi
INSTALLS	+= install-libcredssp-sspi

$(O)/libcredssp-sspi.so: $(sspi_obj) $(O)/libcredssp.a $(sspi_map)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -Wl,-soname,$(@F) -Wl,--version-script=$(sspi_map) \
		-Wl,--no-undefined -pthread -o $@ $(sspi_obj) $(O)/libcredssp.a $(LIBCREDSSP_LIBS)

$(O)/sspi_test: $(sspi_obj) $(O)/obj/libcredssp-sspi/sspi_test.o \
		$(O)/obj/libcredssp-sspi/exchange_test.o $(O)/obj/libcredssp/fake_device.o \
		$(O)/libcredssp.a
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -pthread -o $@ $^ $(LIBCREDSSP_LIBS)

# The layouts against the headers of each version of WinPR that is installed
check-libcredssp-sspi: $(O)/sspi_test $(O)/libcredssp-sspi.so
	$(O)/sspi_test
	$(HERE)/libcredssp-sspi/check-abi.sh $(HERE)/libcredssp-sspi/abi_test.c \
		$(CC) -std=gnu11 -I$(HERE)/../include/uapi

# The page has the path that programs are to load the module from.
install-libcredssp-sspi:
	$(INSTALL) -d $(DESTDIR)$(mandir)/man7
	sed -e 's|/usr/local/lib/|$(plugindir)/|' $(HERE)/man/libcredssp-sspi.7 \
		>$(DESTDIR)$(mandir)/man7/libcredssp-sspi.7
	chmod 0644 $(DESTDIR)$(mandir)/man7/libcredssp-sspi.7
