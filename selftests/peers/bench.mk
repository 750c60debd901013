# SPDX-License-Identifier: GPL-2.0-only
# The programs of ../bench. winpr_bench needs libwinpr2-dev, which only `make bench`
# installs: it is made by the goal "bench" and not by "all".

USER_OUT ?= $(O)/../user
BENCH := $(O)/obj/bench
BENCH_ACCEPTOR := $(addprefix $(O)/obj/,bench/acceptor.o ntlm.o ntlm_challenge.o bytes.o)
WINPR_CFLAGS = $(shell pkg-config --cflags winpr2)
WINPR_LIBS = $(shell pkg-config --libs winpr2)

BENCH_TS := $(addprefix $(O)/obj/,identity.o ts.o bind_hash.o der.o)

PROGRAMS += $(O)/credssp_bench $(O)/ntlm_bench $(O)/tls_bench $(O)/ktls_bench \
	$(O)/idle_bench $(O)/logons_bench $(O)/storm_bench $(O)/krb5_bench

.PHONY: bench
bench: all $(O)/winpr_bench

$(O)/credssp_bench: $(addprefix $(BENCH)/,credssp_bench.o client.o tcp.o count.o) \
		$(USER_OUT)/libcredssp.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) -lidn2

$(O)/ntlm_bench: $(addprefix $(BENCH)/,ntlm_bench.o initiator.o tcp.o count.o) $(BENCH_ACCEPTOR)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lgnutls -lnettle

$(O)/krb5_bench: $(addprefix $(BENCH)/,krb5_bench.o krb5_client.o initiator.o tcp.o count.o) \
		$(addprefix $(O)/obj/,krb5_gss.o bytes.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lgssapi_krb5

$(O)/idle_bench: $(addprefix $(BENCH)/,idle_bench.o initiator.o standin.o ts_acceptor.o record.o \
		become.o tcp.o count.o) $(BENCH_ACCEPTOR) $(BENCH_TS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lgnutls -lnettle

$(O)/logons_bench: $(addprefix $(BENCH)/,logons_bench.o client.o threads.o become.o tcp.o count.o) \
		$(USER_OUT)/libcredssp.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) -lidn2

$(O)/storm_bench: $(addprefix $(BENCH)/,storm_bench.o initiator.o client.o threads.o tcp.o count.o) \
		$(USER_OUT)/libcredssp.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) -lidn2

$(O)/tls_bench: $(addprefix $(BENCH)/,tls_bench.o ktls.o tcp.o count.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lgnutls

$(O)/ktls_bench: $(addprefix $(BENCH)/,ktls_bench.o ktls.o tcp.o count.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

$(O)/winpr_bench: $(addprefix $(BENCH)/,winpr_bench.o count.o) $(BENCH_ACCEPTOR)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(WINPR_LIBS) -lgnutls -lnettle

$(BENCH)/winpr_bench.o: CFLAGS += $(WINPR_CFLAGS)

$(BENCH)/%.o: ../bench/%.c | $(BENCH)
	$(CC) $(CFLAGS) -I../../include/uapi -I../../userspace-helper/libcredssp -c -o $@ $<

$(BENCH):
	mkdir -p $@

-include $(wildcard $(BENCH)/*.d)
