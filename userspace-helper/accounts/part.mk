# SPDX-License-Identifier: GPL-2.0-only
# Accounts for logons by NTLM, for credsspd and credsspctl: with libcredssp.a

accounts_obj	:= $(patsubst %,$(O)/obj/accounts/%.o,account account_file account_name ntlm_proof)
accounts_libs	:= $(shell $(PKG_CONFIG) --libs nettle)

CFLAGS_accounts	:= -I$(HERE)/libcredssp $(shell $(PKG_CONFIG) --cflags nettle)

MANS		+= $(HERE)/man/credssp-accounts.5
