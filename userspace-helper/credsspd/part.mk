# SPDX-License-Identifier: GPL-2.0-only
# credsspd, the helper daemon

include $(HERE)/credsspd/engine.mk
credsspd_office	:= office office_acceptor office_armor office_desk office_groups office_impl \
		   krb5_kdcs office_process office_tgts office_workers \
		   replays
credsspd_only	:= dispatch main notify options probe queue upcall $(credsspd_office)

credsspd_obj	= $(patsubst %,$(O)/obj/credsspd/%.o,$(1))

CFLAGS_credsspd	:= -pthread -DVERSION='"$(VERSION)"' \
		   $(shell $(PKG_CONFIG) --cflags gnutls libseccomp krb5)
credsspd_libs	:= -pthread $(shell $(PKG_CONFIG) --libs gnutls libseccomp)

# The Kerberos worker and the relay to KDCs: the only objects with libkrb5
credsspd_krb5	:= bytes clock krb5_absent krb5_accept krb5_accept_request krb5_accept_work \
		   krb5_ap krb5_armor krb5_armorer krb5_cache krb5_courier krb5_enctypes \
		   krb5_failure krb5_hook krb5_identity krb5_initial krb5_kdcs krb5_keys \
		   krb5_library krb5_names krb5_pkinit krb5_profile krb5_relay krb5_request \
		   krb5_saved krb5_tickets krb5_trace krb5_work log syscalls
credsspd_krb5_libs := $(shell $(PKG_CONFIG) --libs krb5 libseccomp)

PROGRAMS	+= $(O)/credsspd
MANS		+= $(HERE)/man/credsspd.8
CHECKS		+= check-credsspd
INSTALLS	+= install-credsspd

$(O)/credsspd: $(call credsspd_obj,$(sort $(credsspd_engine) $(credsspd_only) $(credsspd_krb5)))
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs) $(credsspd_krb5_libs)

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

$(O)/threads_test: $(call credsspd_obj,$(credsspd_engine) $(credsspd_office) dispatch queue upcall test_client test_daemon \
		test_server threads_test)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs)

# These play the part of the key keeper's workers.
credsspd_keeper	:= bytes children clock keeper keeper_impl keeper_process log packets sandbox session \
		   syscalls workers

$(O)/keeper_test: $(call credsspd_obj,$(credsspd_keeper) test_worker keeper_test)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs)

$(O)/sandbox_test: $(call credsspd_obj,$(credsspd_keeper) sandbox_test)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs)

$(O)/asking_test: $(call credsspd_obj,$(filter-out keeper_worker keyring,$(credsspd_engine)) \
		$(credsspd_office) dispatch queue upcall test_client test_daemon asking_test)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs)

# This plays the part of the ticket office's workers and relay, and of the module.
$(O)/office_test: $(call credsspd_obj,$(credsspd_engine) $(credsspd_office) dispatch queue upcall test_daemon \
		test_office_client test_office_limits test_office_worker office_test)
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

$(O)/office_tgts_test: $(call credsspd_obj,bytes clock office_groups office_tgts office_tgts_test)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs)

# These play the part of the office, and of KDCs or a service.
$(O)/krb5_kdcs_test: $(call credsspd_obj,krb5_kdcs krb5_kdcs_test log)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^

$(O)/krb5_relay_test: $(O)/%: $(call credsspd_obj,$(credsspd_krb5) packets) $(O)/obj/credsspd/%.o
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ -pthread $(credsspd_krb5_libs)

$(O)/krb5_armor_test $(O)/krb5_faults_test $(O)/krb5_pkinit_test $(O)/krb5_renew_test \
		$(O)/krb5_work_test: $(O)/%: \
		$(call credsspd_obj,$(credsspd_krb5) packets test_kdc test_office test_service) \
		$(O)/obj/credsspd/%.o
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ -pthread $(credsspd_krb5_libs)

# Makes certificates when it runs
$(O)/obj/credsspd/krb5_pkinit_test.o: CFLAGS_credsspd += -DTEST_CERTS='"$(HERE)/credsspd/test_certs.sh"'

# This plays the part of the office, with initiators of GSSAPI too.
$(O)/krb5_accept_test: $(call credsspd_obj,$(credsspd_krb5) packets test_acceptor test_initiator test_kdc \
		krb5_accept_test)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ -pthread $(credsspd_krb5_libs) \
		$(shell $(PKG_CONFIG) --libs krb5-gssapi)

# All of Kerberos together
$(O)/kerberos_test $(O)/krb5_fast_test: $(O)/%: $(call credsspd_obj,$(sort $(credsspd_engine) $(credsspd_office) $(credsspd_krb5)) queue \
		test_initiator test_kdc test_office test_service) $(O)/obj/credsspd/%.o
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs) $(credsspd_krb5_libs) \
		$(shell $(PKG_CONFIG) --libs krb5-gssapi)

# OpenSSL is the server, and evaluates the certificates as well.
$(O)/certs_test: $(call credsspd_obj,$(credsspd_engine) test_client certs_make certs_rows certs_test)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs) \
		$(shell $(PKG_CONFIG) --libs openssl)

check-credsspd: $(addprefix $(O)/,tls_test engine_test extensions_test groups_test memory_test keeper_test \
		keyring_test sandbox_test office_test office_tgts_test asking_test dispatch_test \
		threads_test \
		budget_test options_test queue_test shelf_test certs_test krb5_accept_test \
		krb5_armor_test krb5_faults_test krb5_kdcs_test krb5_relay_test krb5_renew_test \
		krb5_pkinit_test krb5_work_test \
		krb5_fast_test kerberos_test credsspd)
	$(HERE)/credsspd/check.sh $(O)

install-credsspd:
	$(INSTALL) -D -m 0644 $(HERE)/units/credssp.conf \
		$(DESTDIR)$(sysusersdir)/credssp.conf
	$(INSTALL) -d $(DESTDIR)$(unitdir)
	sed -e 's|@sbindir@|$(sbindir)|' $(HERE)/units/credsspd.service.in \
		>$(DESTDIR)$(unitdir)/credsspd.service
	chmod 0644 $(DESTDIR)$(unitdir)/credsspd.service
