// SPDX-License-Identifier: GPL-2.0-only
#include <profile.h>
#include "krb5_library.h"

krb5_error_code krb5_library_open(const char *conf, krb5_context *context)
{
	/* profile_init_path() would take a colon as a separator. */
	const char *files[] = { conf, NULL };
	profile_t profile;
	krb5_error_code ret = profile_init(files, &profile);

	if (ret)
		return ret;
	ret = krb5_init_context_profile(profile, KRB5_INIT_CONTEXT_SECURE, context);
	/* The context has a copy. */
	profile_release(profile);
	return ret;
}
