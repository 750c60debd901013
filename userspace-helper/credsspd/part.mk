# SPDX-License-Identifier: GPL-2.0-only
# credsspd, the helper daemon

include $(HERE)/credsspd/engine.mk
credsspd_base	:= $(call credsspd_rooms,base)
credsspd_office	:= $(call credsspd_rooms,office) krb5/krb5_kdcs
# Without libwbclient's header there is no --winbind.
credsspd_winbind := $(if $(shell $(PKG_CONFIG) --cflags wbclient 2>/dev/null),logons/winbind,logons/winbind_absent)
credsspd_logons	:= $(filter-out logons/winbind logons/winbind_absent,$(call credsspd_rooms,logons))
credsspd_settings := $(call credsspd_rooms,settings)
# The Kerberos worker and the relay to KDCs: the only objects with libkrb5
credsspd_krb5	:= $(call credsspd_rooms,base krb5)
# Their objects outside of this directory, and libraries
credsspd_shared	:= $(accounts_obj) $(O)/libcredssp.a

credsspd_obj	= $(patsubst %,$(O)/obj/credsspd/%.o,$(1))

CFLAGS_credsspd	:= -pthread -DVERSION='"$(VERSION)"' \
		   -I$(HERE)/credsspd -I$(HERE)/accounts -I$(HERE)/libcredssp \
		   $(shell $(PKG_CONFIG) --cflags gnutls libseccomp krb5) \
		   $(shell $(PKG_CONFIG) --cflags wbclient 2>/dev/null)
credsspd_libs	:= -pthread $(shell $(PKG_CONFIG) --libs gnutls libseccomp) $(accounts_libs)
credsspd_krb5_libs := $(shell $(PKG_CONFIG) --libs krb5 libseccomp)

PROGRAMS	+= $(O)/credsspd
MANS		+= $(HERE)/man/credsspd.8 $(HERE)/man/credsspd.conf.5
CHECKS		+= check-credsspd
INSTALLS	+= install-credsspd

$(O)/credsspd: $(call credsspd_obj,$(sort $(credsspd_engine) $(credsspd_krb5) $(credsspd_office) \
		$(credsspd_logons) $(credsspd_winbind) $(credsspd_settings) main probe upcall)) \
		$(credsspd_shared)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $^ $(credsspd_libs) $(credsspd_krb5_libs)

# The tests, by their path. Each has the object of its own name, and what its line below says.
credsspd_tests	:= $(patsubst $(credsspd_dir)/%.c,%,$(wildcard $(credsspd_dir)/*/*_test.c))
ifeq ($(filter logons/winbind,$(credsspd_winbind)),)
credsspd_tests	:= $(filter-out logons/winbind_test,$(credsspd_tests))
endif
credsspd_test_programs := $(addprefix $(O)/,$(notdir $(credsspd_tests)))
# GSSAPI's initiators, OpenSSL as a server: --as-needed leaves out what a test does not use.
credsspd_test_libs := $(credsspd_libs) $(credsspd_krb5_libs) \
		   $(shell $(PKG_CONFIG) --libs krb5-gssapi openssl)

$(foreach test,$(credsspd_tests),$(eval $(O)/$(notdir $(test)): $(call credsspd_obj,$(test))))

$(credsspd_test_programs): $(credsspd_shared)
	@echo "  LD      $(@F)"
	$(Q)$(CC) $(ALL_LDFLAGS) $(PIE_LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) \
		$(credsspd_test_libs)

# NAMES,OBJECTS: what these tests are linked with
credsspd_with	= $(eval $(addprefix $(O)/,$(1)): $(call credsspd_obj,$(2)))

# These play the part of the module, or need none.
$(call credsspd_with,budget_test,$(credsspd_engine))
$(call credsspd_with,tls_test engine_test keyring_test,$(credsspd_engine) tests/test_client)
$(call credsspd_with,server_test server_keeper_test client_hello_test tls_server_test, \
	$(credsspd_engine) tests/test_accept tests/test_client)
# OpenSSL is the server, and evaluates the certificates as well.
$(call credsspd_with,certs_test,$(credsspd_engine) tests/test_client tests/certs_make tests/certs_rows)
# These take the place of the server as well.
$(call credsspd_with,extensions_test groups_test memory_test, \
	$(credsspd_engine) tests/test_client tests/test_server)
# This takes the place of the engine, and of its coroutines.
$(call credsspd_with,dispatch_test,$(filter-out base/coroutine,$(credsspd_base)) engine/dispatch)

# All of the daemon
credsspd_daemon	:= $(credsspd_engine) $(credsspd_office) $(credsspd_logons) $(credsspd_settings) \
		   logons/winbind_absent upcall tests/test_daemon
$(call credsspd_with,threads_test,$(credsspd_daemon) tests/test_client tests/test_server)
$(call credsspd_with,logons_test,$(credsspd_daemon) tests/test_logon)
# This plays the part of the ticket office's workers and relay, and of the module.
$(call credsspd_with,office_test, \
	$(credsspd_daemon) tests/test_office_client tests/test_office_limits tests/test_office_worker)

# These play the part of the key keeper's workers.
credsspd_played	:= keeper/keeper_worker certs/keyring
credsspd_keeper	:= $(filter-out $(credsspd_played),$(call credsspd_rooms,base sandbox certs keeper))
$(call credsspd_with,keeper_test,$(credsspd_keeper) tests/test_worker)
$(call credsspd_with,sandbox_test,$(credsspd_keeper))
$(call credsspd_with,asking_test,$(filter-out $(credsspd_played),$(credsspd_daemon)) tests/test_client)

# This takes the place of the gate for logons.
$(call credsspd_with,reload_test,$(credsspd_engine) $(credsspd_settings) logons/winbind_absent \
	tests/test_accept tests/test_client tests/test_server)
# This plays the processors.
$(call credsspd_with,options_test, \
	$(credsspd_base) settings/options settings/settings logons/winbind_absent)

# What needs no process
$(call credsspd_with,attempts_test,logons/attempts)
$(call credsspd_with,confine_test,$(credsspd_base) sandbox/confine)
$(call credsspd_with,keylog_test,$(credsspd_base) tls/keylog)
$(call credsspd_with,office_tgts_test,$(credsspd_base) office/office_groups office/office_tgts)
$(call credsspd_with,queue_test,base/queue)
$(call credsspd_with,shelf_test,$(call credsspd_rooms,base certs))
$(call credsspd_with,ticket_keys_test,tls/ticket_keys)
$(call credsspd_with,books_test,$(credsspd_base) logons/books logons/logon_impl tests/test_logon)

# This takes the place of libwbclient.
$(call credsspd_with,winbind_test,$(credsspd_base) logons/logon_impl logons/winbind \
	logons/winbind_names logons/winbind_status tests/test_logon)
# This plays the part of the daemon, and of the processes that do not do what they should.
$(call credsspd_with,gate_test gate_checkers_test,$(call credsspd_rooms,base sandbox) \
	$(credsspd_logons) tests/test_gate tests/test_logon)

# These play the part of the office, and of KDCs or a service.
$(call credsspd_with,krb5_kdcs_test,$(credsspd_base) krb5/krb5_kdcs)
$(call credsspd_with,krb5_relay_test,$(credsspd_krb5))
$(call credsspd_with,krb5_armor_test krb5_faults_test krb5_pkinit_test krb5_renew_test \
	krb5_work_test,$(credsspd_krb5) tests/test_kdc tests/test_office tests/test_service)
# This plays the part of the office, with initiators of GSSAPI too.
$(call credsspd_with,krb5_accept_test, \
	$(credsspd_krb5) tests/test_acceptor tests/test_initiator tests/test_kdc)
# All of Kerberos together
$(call credsspd_with,kerberos_test krb5_fast_test,$(credsspd_engine) $(credsspd_office) \
	$(credsspd_krb5) tests/test_initiator tests/test_kdc tests/test_office tests/test_service)

# Makes certificates when it runs
$(O)/obj/credsspd/krb5/krb5_pkinit_test.o: CFLAGS_credsspd += \
		-DTEST_CERTS='"$(HERE)/credsspd/tests/test_certs.sh"'

check-credsspd: $(credsspd_test_programs) $(O)/credsspd $(O)/credsspctl
	$(HERE)/credsspd/check.sh $(O)

install-credsspd:
	$(INSTALL) -d $(DESTDIR)$(docdir)/examples
	$(INSTALL) -m 0644 $(HERE)/units/credsspd.conf.example $(HERE)/units/accounts.example \
		$(HERE)/../Documentation/examples/fail2ban/credssp.conf \
		$(HERE)/../Documentation/examples/fail2ban/credssp-jail.conf \
		$(HERE)/units/apparmor/usr.sbin.credsspd $(DESTDIR)$(docdir)/examples
	$(INSTALL) -D -m 0644 $(HERE)/units/credssp.conf \
		$(DESTDIR)$(sysusersdir)/credssp.conf
	$(INSTALL) -d $(DESTDIR)$(unitdir)
	sed -e 's|@sbindir@|$(sbindir)|' $(HERE)/units/credsspd.service.in \
		>$(DESTDIR)$(unitdir)/credsspd.service
	chmod 0644 $(DESTDIR)$(unitdir)/credsspd.service
