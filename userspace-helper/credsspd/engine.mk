# SPDX-License-Identifier: GPL-2.0-only
# The files of credsspd without its program: its tests have them, and selftests/peers.
credsspd_dir	:= $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
# ROOMS: what is in these directories, without tests
credsspd_rooms	= $(patsubst $(credsspd_dir)/%.c,%,$(filter-out %_test.c, \
		  $(wildcard $(patsubst %,$(credsspd_dir)/%/*.c,$(1)))))
credsspd_engine	:= $(call credsspd_rooms,base sandbox certs keeper tls engine)
