# SPDX-License-Identifier: GPL-2.0-only
# Saved credentials: which key holds them and what is in it, for credsspctl and pam_credssp;
# with libcredssp.a. Position independent, as pam_credssp.so has it inside.

cred_obj	:= $(patsubst %,$(O)/obj/cred/%.o,scope spn text)

PIC_cred	:= -fPIC
CFLAGS_cred	:= -I$(HERE)/libcredssp
