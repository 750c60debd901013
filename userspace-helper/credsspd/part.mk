# SPDX-License-Identifier: GPL-2.0-only
# credsspd, the helper daemon

include $(HERE)/credsspd/engine.mk
credsspd_only	:= dispatch main notify options probe queue upcall

credsspd_obj	= $(patsubst %,$(O)/obj/credsspd/%.o,$(1))

CFLAGS_credsspd	:= -pthread -DVERSION='"$(VERSION)"' \
		   $(shell $(PKG_CONFIG) --cflags gnutls libseccomp)
credsspd_libs	:= -pthread $(shell $(PKG_CONFIG) --libs gnutls libseccomp)

PROGRAMS	+= $(O)/credsspd
MANS		+= $(HERE)/man/credsspd.8
CHECKS		+= check-credsspd
INSTALLS	+= install-credsspd

$(O)/credsspd: $(call credsspd_obj,$(credsspd_engine) $(credsspd_only))
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs)

# The tests play the part of the module, or need none.
$(O)/tls_test $(O)/engine_test $(O)/keyring_test: $(O)/%: $(call credsspd_obj,$(credsspd_engine) test_client) \
		$(O)/obj/credsspd/%.o
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs)

# These take the place of the server as well.
$(O)/extensions_test $(O)/groups_test $(O)/memory_test: $(O)/%: \
		$(call credsspd_obj,$(credsspd_engine) test_client test_server) \
		$(O)/obj/credsspd/%.o
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs)

$(O)/threads_test: $(call credsspd_obj,$(credsspd_engine) dispatch queue upcall test_client test_daemon \
		test_server threads_test)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs)

# These play the part of the key keeper's workers.
credsspd_keeper	:= bytes clock keeper keeper_impl keeper_process log sandbox syscalls workers

$(O)/keeper_test: $(call credsspd_obj,$(credsspd_keeper) test_worker keeper_test)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs)

$(O)/sandbox_test: $(call credsspd_obj,$(credsspd_keeper) sandbox_test)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs)

$(O)/asking_test: $(call credsspd_obj,$(filter-out keeper_worker keyring,$(credsspd_engine)) \
		dispatch queue upcall test_client test_daemon asking_test)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs)

# This takes the place of the engine.
$(O)/dispatch_test: $(call credsspd_obj,clock dispatch log queue dispatch_test)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs)

# These need no engine that runs.
$(O)/budget_test: $(call credsspd_obj,$(credsspd_engine) budget_test)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs)

$(O)/queue_test: $(call credsspd_obj,queue queue_test)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs)

$(O)/shelf_test: $(call credsspd_obj,elements key_limits log shelf trust vector shelf_test)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs)

# This plays the processors.
$(O)/options_test: $(call credsspd_obj,options options_test)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs)

# OpenSSL is the server, and evaluates the certificates as well.
$(O)/certs_test: $(call credsspd_obj,$(credsspd_engine) test_client certs_make certs_rows certs_test)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs) \
		$(shell $(PKG_CONFIG) --libs openssl)

check-credsspd: $(addprefix $(O)/,tls_test engine_test extensions_test groups_test memory_test keeper_test \
		keyring_test sandbox_test asking_test dispatch_test threads_test \
		budget_test options_test queue_test shelf_test certs_test credsspd)
	$(HERE)/credsspd/check.sh $(O)

install-credsspd:
	$(INSTALL) -D -m 0644 $(HERE)/units/credssp.conf \
		$(DESTDIR)$(sysusersdir)/credssp.conf
	$(INSTALL) -d $(DESTDIR)$(unitdir)
	sed -e 's|@sbindir@|$(sbindir)|' $(HERE)/units/credsspd.service.in \
		>$(DESTDIR)$(unitdir)/credsspd.service
	chmod 0644 $(DESTDIR)$(unitdir)/credsspd.service
