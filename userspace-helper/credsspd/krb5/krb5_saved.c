// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <time.h>
#include <linux/credssp.h>
#include "krb5_saved.h"

#define MICROSECONDS	1000000
/* Seconds by which clocks may differ (RFC 4120 1.6) */
#define CLOCK_SKEW	300

/* The rest of the bytes */
struct saved_reader {
	const uint8_t *data;
	size_t left;
};

static bool saved_take(struct saved_reader *r, size_t n, const uint8_t **place)
{
	if (n > r->left)
		return false;
	*place = r->data;
	r->data += n;
	r->left -= n;
	return true;
}

static bool saved_take_be32(struct saved_reader *r, uint32_t *v)
{
	const uint8_t *p;

	if (!saved_take(r, sizeof(*v), &p))
		return false;
	*v = (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
	return true;
}

/* Bytes after their length. libkrb5 does not write to them. */
static bool saved_take_data(struct saved_reader *r, krb5_data *d)
{
	const uint8_t *p;
	uint32_t n;

	if (!saved_take_be32(r, &n) || !saved_take(r, n, &p))
		return false;
	*d = (krb5_data){ .data = (char *)p, .length = n };
	return true;
}

static bool saved_is_of(krb5_context context, const krb5_data *name, krb5_const_principal asked)
{
	char *want;
	bool is;

	if (krb5_unparse_name(context, asked, &want))
		return false;
	is = strlen(want) == name->length && !memcmp(want, name->data, name->length);
	krb5_free_unparsed_name(context, want);
	return is;
}

static int64_t saved_boot_time(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * MICROSECONDS + t.tv_nsec / 1000;
}

/* Give @context the KDC's clock, which is ahead of CLOCK_BOOTTIME by @ahead. */
static bool saved_set_clock(krb5_context context, int64_t ahead)
{
	int64_t now;

	if (__builtin_add_overflow(ahead, saved_boot_time(), &now) || now < 0 ||
	    now / MICROSECONDS > UINT32_MAX)
		return false;
	return !krb5_set_real_time(context, (krb5_timestamp)(uint32_t)(now / MICROSECONDS),
				   now % MICROSECONDS);
}

static krb5_error_code saved_get_clock(krb5_context context, int64_t *ahead)
{
	krb5_timestamp seconds;
	krb5_int32 microseconds;
	krb5_error_code ret = krb5_us_timeofday(context, &seconds, &microseconds);

	if (ret)
		return ret;
	*ahead = (int64_t)(uint32_t)seconds * MICROSECONDS + microseconds - saved_boot_time();
	return 0;
}

void krb5_saved_forget_clock(krb5_context context)
{
	struct timespec now;

	if (!clock_gettime(CLOCK_REALTIME, &now))
		krb5_set_real_time(context, (krb5_timestamp)now.tv_sec, now.tv_nsec / 1000);
}

static bool saved_take_head(krb5_context context, struct saved_reader *r,
			    krb5_const_principal asked)
{
	uint32_t form, high, low;
	krb5_data name;

	return saved_take_be32(r, &form) && form == KRB5_SAVED_FORM &&
	       saved_take_be32(r, &high) && saved_take_be32(r, &low) &&
	       saved_take_data(r, &name) && saved_is_of(context, &name, asked) &&
	       saved_set_clock(context, (int64_t)((uint64_t)high << 32 | low));
}

bool krb5_saved_lasts(krb5_context context, const krb5_creds *creds, int margin)
{
	krb5_timestamp now;

	if (krb5_timeofday(context, &now))
		return false;
	return (uint32_t)creds->times.endtime > (int64_t)(uint32_t)now + margin;
}

static bool saved_is_krbtgt(const krb5_creds *creds)
{
	const krb5_data *service = creds->server->data;

	return creds->server->length == 2 && service->length == strlen(KRB5_TGS_NAME) &&
	       !memcmp(service->data, KRB5_TGS_NAME, service->length);
}

bool krb5_saved_is_tgt(krb5_context context, const krb5_creds *creds)
{
	krb5_principal_data of = { .realm = creds->server->length > 1 ? creds->server->data[1] :
									(krb5_data){ 0 } };

	return saved_is_krbtgt(creds) &&
	       krb5_realm_compare(context, creds->client, creds->server) &&
	       krb5_realm_compare(context, creds->client, &of);
}

/* Compare as libkrb5 does, with the default of its clockskew. */
static bool saved_has_begun(krb5_context context, const krb5_creds *creds)
{
	const krb5_timestamp start = creds->times.starttime ? creds->times.starttime :
							      creds->times.authtime;
	krb5_timestamp now;

	if (krb5_timeofday(context, &now))
		return false;
	return (int64_t)(uint32_t)start <= (int64_t)(uint32_t)now + CLOCK_SKEW;
}

/* A TGT may be renewed until its end. */
static bool saved_is_usable(krb5_context context, const krb5_creds *creds)
{
	const int margin = krb5_saved_is_tgt(context, creds) ? 0 : KRB5_SAVED_MARGIN;

	return !creds->is_skey && saved_has_begun(context, creds) &&
	       krb5_saved_lasts(context, creds, margin);
}

/* Put the ticket in @d into @cache, which has those of @owner. The first one has NULL. */
static bool saved_load_one(krb5_context context, const krb5_data *d, krb5_ccache cache,
			   krb5_principal *owner)
{
	krb5_creds *creds;
	bool good;

	if (krb5_unmarshal_credentials(context, d, &creds))
		return false;
	good = creds->client && creds->server && creds->server->length;
	if (good && !*owner)
		good = !krb5_copy_principal(context, creds->client, owner) &&
		       !krb5_cc_initialize(context, cache, *owner);
	good = good && krb5_principal_compare(context, *owner, creds->client);
	if (good && saved_is_usable(context, creds))
		good = !krb5_cc_store_cred(context, cache, creds);
	krb5_free_creds(context, creds);
	return good;
}

bool krb5_saved_load(krb5_context context, const uint8_t *saved, size_t length,
		     krb5_const_principal asked, krb5_ccache cache)
{
	struct saved_reader r = { saved, length };
	krb5_principal owner = NULL;
	krb5_data d;
	bool good;

	if (!saved_take_head(context, &r, asked))
		return false;
	do {
		good = saved_take_data(&r, &d) && saved_load_one(context, &d, cache, &owner);
	} while (good && r.left);
	krb5_free_principal(context, owner);
	return good;
}

static int saved_put_be32(struct bytes *out, uint32_t v)
{
	const uint8_t be[4] = { v >> 24, v >> 16, v >> 8, v };

	return bytes_append(out, be, sizeof(be), CREDSSP_HLP_MAX_TICKETS);
}

static int saved_put_data(struct bytes *out, const void *p, size_t n)
{
	const size_t before = out->len;
	int ret;

	if (saved_put_be32(out, n))
		return -EMSGSIZE;
	ret = bytes_append(out, p, n, CREDSSP_HLP_MAX_TICKETS);
	if (ret)
		out->len = before;
	return ret;
}

static krb5_error_code saved_put_head(krb5_context context, krb5_const_principal asked,
				      struct bytes *out)
{
	int64_t ahead;
	char *name;
	krb5_error_code ret = saved_get_clock(context, &ahead);

	if (ret)
		return ret;
	ret = krb5_unparse_name(context, asked, &name);
	if (ret)
		return ret;
	if (saved_put_be32(out, KRB5_SAVED_FORM) || saved_put_be32(out, (uint64_t)ahead >> 32) ||
	    saved_put_be32(out, ahead) || saved_put_data(out, name, strlen(name)))
		ret = ENOMEM;
	krb5_free_unparsed_name(context, name);
	return ret;
}

/* A ticket that does not fit is left out: it can be gotten again. */
static krb5_error_code saved_put_creds(krb5_context context, krb5_creds *creds,
				       struct bytes *out)
{
	krb5_data *d;
	krb5_error_code ret = krb5_marshal_credentials(context, creds, &d);

	if (ret)
		return ret;
	saved_put_data(out, d->data, d->length);
	explicit_bzero(d->data, d->length);
	krb5_free_data(context, d);
	return 0;
}

/* Those in @cache that are TGTs for their client's realm, or those that are not; not @used */
static krb5_error_code saved_put_all(krb5_context context, krb5_ccache cache, bool tgts,
				     krb5_creds *used, struct bytes *out)
{
	krb5_cc_cursor cursor;
	krb5_creds creds;
	krb5_error_code ret = krb5_cc_start_seq_get(context, cache, &cursor);

	if (ret)
		return ret;
	while (!ret && !krb5_cc_next_cred(context, cache, &cursor, &creds)) {
		bool is_used = used && krb5_principal_compare(context, creds.server, used->server);

		if (!krb5_is_config_principal(context, creds.server) && !creds.is_skey &&
		    !is_used && krb5_saved_is_tgt(context, &creds) == tgts)
			ret = saved_put_creds(context, &creds, out);
		krb5_free_cred_contents(context, &creds);
	}
	krb5_cc_end_seq_get(context, cache, &cursor);
	return ret;
}

krb5_error_code krb5_saved_store(krb5_context context, krb5_ccache cache,
				 krb5_const_principal asked, krb5_creds *used,
				 struct bytes *out)
{
	krb5_error_code ret = saved_put_head(context, asked, out);

	if (!ret)
		ret = saved_put_all(context, cache, true, used, out);
	if (!ret && used)
		ret = saved_put_creds(context, used, out);
	if (!ret)
		ret = saved_put_all(context, cache, false, used, out);
	if (ret)
		bytes_free(out);
	return ret;
}
