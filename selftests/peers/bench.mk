# SPDX-License-Identifier: GPL-2.0-only
# credssp_bench, from ../bench, with libcredssp.

USER_OUT ?= $(O)/../user
PROGRAMS += $(O)/credssp_bench

$(O)/credssp_bench: ../bench/credssp_bench.c $(USER_OUT)/libcredssp.a
	$(CC) $(CFLAGS) -I../../include/uapi -I../../userspace-helper/libcredssp \
		-MF $(O)/obj/bench.d $(LDFLAGS) -o $@ $^ -lidn2
