# SPDX-License-Identifier: GPL-2.0-only
# pam_credssp.so, a PAM module. It has libcredssp and cred/ inside, so that nothing of it is
# looked up in the programs that load it. Without libpam's headers it is not built.

# libpam's own directory of modules; from version 1.5.3 on its pkg-config file has it.
pam_multiarch	:= $(shell $(CC) -print-multiarch 2>/dev/null)
pam_dirs	:= $(wildcard $(addsuffix /security,/lib/$(or $(pam_multiarch),none) /lib64 /lib))
# Profiles of Debian's pam-auth-update, which reads /usr/share/pam-configs only
pamconfigsdir	?= $(prefix)/share/pam-configs
securitydir	?= $(or $(firstword $(pam_dirs)),$(libdir)/security)

pam_src		:= $(filter-out %_test.c,$(wildcard $(HERE)/pam_credssp/*.c))
pam_obj		:= $(pam_src:$(HERE)/%.c=$(O)/obj/%.o)
pam_map		:= $(HERE)/pam_credssp/pam_credssp.map
pam_libs	:= -lpam $(shell $(PKG_CONFIG) --libs libkeyutils libidn2)

PIC_pam_credssp		:= -fPIC
CFLAGS_pam_credssp	:= -I$(HERE)/libcredssp -I$(HERE)/cred \
			   $(shell $(PKG_CONFIG) --cflags libkeyutils)

pam_header	:= $(shell printf '\#include <security/pam_modules.h>\n' | \
		   $(CC) -E -x c - >/dev/null 2>&1 && echo yes)
ifneq ($(pam_header),)
PAM_MODULE	:= $(O)/pam_credssp.so
MANS		+= $(HERE)/man/pam_credssp.8
CHECKS		+= check-pam_credssp
INSTALLS	+= install-pam_credssp
build: $(PAM_MODULE)
else
$(info pam_credssp is not built: no security/pam_modules.h (libpam0g-dev))
endif

$(O)/pam_credssp.so: $(pam_obj) $(cred_obj) $(O)/libcredssp.a $(pam_map)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -Wl,-soname,$(@F) -Wl,--version-script=$(pam_map) \
		-Wl,--no-undefined -o $@ $(pam_obj) $(cred_obj) $(O)/libcredssp.a $(pam_libs)

$(O)/pam_parts_test: $(filter-out %/pam_credssp.o %/login.o %/save.o,$(pam_obj)) \
		$(O)/obj/pam_credssp/parts_test.o $(cred_obj) $(O)/libcredssp.a
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(pam_libs)

$(O)/pam_test: $(O)/obj/pam_credssp/pam_test.o
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(pam_libs)

# It prints libpam's log: libpam must find its syslog() first.
$(O)/pam_test: ALL_LDFLAGS += -rdynamic

$(O)/pam_newpass.so: $(O)/obj/pam_credssp/newpass_test.o
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -o $@ $^ $(pam_libs)

check-pam_credssp: $(O)/pam_credssp.so $(O)/pam_parts_test $(O)/pam_test $(O)/pam_newpass.so
	$(O)/pam_parts_test
	$(HERE)/pam_credssp/check.sh $(O)

install-pam_credssp: $(PAM_MODULE)
	$(INSTALL) -D -m 0644 -t $(DESTDIR)$(securitydir) $(PAM_MODULE)
	$(INSTALL) -D -m 0644 -t $(DESTDIR)$(docdir) $(HERE)/units/pam.conf.example
	$(INSTALL) -D -m 0644 $(HERE)/units/pam-config $(DESTDIR)$(pamconfigsdir)/credssp
