/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scripted NTLM acceptor (ntlm_server.h), raw or inside SPNEGO, as a mechanism. Its only
 * account is the identity of its parameters.
 */
#ifndef KUNIT_NTLM_SERVER_OPS_H
#define KUNIT_NTLM_SERVER_OPS_H

#include "mech/mech.h"

extern const struct cssp_mech_ops ntlm_server_ops;

#endif
