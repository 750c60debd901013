/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_KRB5_LIBRARY_H
#define CREDSSPD_KRB5_LIBRARY_H

#include <krb5.h>

/*
 * Lines for krb5_library_open_offline(): without PKINIT, whose plug-in loads a library for
 * certificates into the process
 */
#define KRB5_LIBRARY_NO_PKINIT	"[plugins]\nclpreauth = {\ndisable = pkinit\n}\n"

/*
 * Make a context of libkrb5, without PKINIT, that reads @conf and nothing else: neither the
 * environment nor another configuration. The encryption types are those of the module,
 * whatever @conf says. Call it only a few times in a process: a descriptor stays open. The
 * caller frees the context by krb5_free_context().
 */
krb5_error_code krb5_library_open(const char *conf, krb5_context *context);

/*
 * The same for a process without a network, whose messages a hook carries: each realm has a
 * KDC, and so the hook is called for each realm. @more are lines of libdefaults, and then of
 * other sections, that @conf does not decide either.
 */
krb5_error_code krb5_library_open_offline(const char *conf, const char *more,
					  krb5_context *context);

#endif
