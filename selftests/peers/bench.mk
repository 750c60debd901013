# SPDX-License-Identifier: GPL-2.0-only
# The programs of ../bench. winpr_bench needs libwinpr2-dev, which only `make bench`
# installs: it is made by the goal "bench" and not by "all".

USER_OUT ?= $(O)/../user
BENCH := $(O)/obj/bench
BENCH_ACCEPTOR := $(addprefix $(O)/obj/,bench/acceptor.o ntlm.o ntlm_challenge.o bytes.o)
WINPR_CFLAGS = $(shell pkg-config --cflags winpr2)
WINPR_LIBS = $(shell pkg-config --libs winpr2)

PROGRAMS += $(O)/credssp_bench $(O)/ntlm_bench $(O)/tls_bench $(O)/ktls_bench

.PHONY: bench
bench: all $(O)/winpr_bench

$(O)/credssp_bench: $(addprefix $(BENCH)/,credssp_bench.o client.o tcp.o count.o) \
		$(USER_OUT)/libcredssp.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) -lidn2

$(O)/ntlm_bench: $(addprefix $(BENCH)/,ntlm_bench.o initiator.o tcp.o count.o) $(BENCH_ACCEPTOR)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lgnutls -lnettle

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
