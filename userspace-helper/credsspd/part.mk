# SPDX-License-Identifier: GPL-2.0-only
# credsspd, the helper daemon

credsspd_engine	:= budget bytes client_cert conversations coroutine engine extensions facts failure \
		   issuers keeper keeper_process key_limits keyring log sandbox syscalls ticket \
		   tls trust
credsspd_only	:= main notify options probe upcall

credsspd_obj	= $(patsubst %,$(O)/obj/credsspd/%.o,$(1))

CFLAGS_credsspd	:= -DVERSION='"$(VERSION)"' \
		   $(shell $(PKG_CONFIG) --cflags gnutls libseccomp)
credsspd_libs	:= $(shell $(PKG_CONFIG) --libs gnutls libseccomp)

PROGRAMS	+= $(O)/credsspd
MANS		+= $(HERE)/man/credsspd.8
CHECKS		+= check-credsspd
INSTALLS	+= install-credsspd

$(O)/credsspd: $(call credsspd_obj,$(credsspd_engine) $(credsspd_only))
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs)

# The tests play the part of the module.
$(O)/tls_test $(O)/engine_test: $(O)/%: $(call credsspd_obj,$(credsspd_engine) test_client) \
		$(O)/obj/credsspd/%.o
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs)

# These play the server's part as well.
$(O)/extensions_test $(O)/memory_test: $(O)/%: \
		$(call credsspd_obj,$(credsspd_engine) test_client test_server) \
		$(O)/obj/credsspd/%.o
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs)

# This one plays the key keeper's part.
$(O)/keeper_test: $(call credsspd_obj,bytes keeper log keeper_test)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^

# OpenSSL is the server here, and the other judge.
$(O)/certs_test: $(call credsspd_obj,$(credsspd_engine) test_client certs_make certs_rows certs_test)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs) \
		$(shell $(PKG_CONFIG) --libs openssl)

check-credsspd: $(O)/tls_test $(O)/engine_test $(O)/extensions_test $(O)/memory_test \
		$(O)/keeper_test $(O)/certs_test $(O)/credsspd
	$(HERE)/credsspd/check.sh $(O)

install-credsspd:
	$(INSTALL) -D -m 0644 $(HERE)/units/credssp.conf \
		$(DESTDIR)$(sysusersdir)/credssp.conf
	$(INSTALL) -d $(DESTDIR)$(unitdir)
	sed -e 's|@sbindir@|$(sbindir)|' $(HERE)/units/credsspd.service.in \
		>$(DESTDIR)$(unitdir)/credsspd.service
	chmod 0644 $(DESTDIR)$(unitdir)/credsspd.service
