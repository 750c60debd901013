// SPDX-License-Identifier: GPL-2.0-only
/* kmod/cred/delivery.c: keys of delegated passwords. */
#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/key-type.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/net_namespace.h>
#include <keys/user-type.h>
#include <uapi/linux/keyctl.h>

#include "base/status.h"
#include "cred/delivery.h"
#include "cred/keyring.h"
#include "mech/encode.h"
#include "squeeze.h"
#include "util.h"

#define LIFETIME	600
#define USER		4242	/* an unprivileged user, with the default quota of keys */
#define KEYS_MAX	1000	/* more than the quota */
#define ROOM_STEP	16
#define SPN		"TERMSRV/host.example"
#define CREDSSP		CREDSSP_DELEGATED_AS_CREDSSP
#define CIFS		CREDSSP_DELEGATED_AS_CIFS

/**
 * struct fixture - an identity, and a keyring for its key
 * @id: EXAMPLE\alice
 * @ring: the keyring
 * @who: looks for keys
 */
struct fixture {
	struct cssp_identity id;
	struct key *ring;
	struct cssp_requester who;
};

static void set_utf16(struct kunit *test, struct cssp_vbuf *b, const char *utf8)
{
	struct cssp_rd rd = test_str(utf8);

	KUNIT_ASSERT_EQ(test, cssp_encode_utf16(b, &rd), 0);
}

static void set_identity(struct kunit *test, const char *user, const char *domain,
			 const char *password)
{
	struct fixture *f = test->priv;

	set_utf16(test, &f->id.user, user);
	set_utf16(test, &f->id.domain, domain);
	set_utf16(test, &f->id.password, password);
}

static int put_for(struct kunit *test, u32 form, const char *name, u32 lifetime, s32 *serial)
{
	struct fixture *f = test->priv;
	struct cssp_delivery d = {
		.form = form,
		.name = test_str(name),
		.lifetime = lifetime,
	};

	return cssp_delivery_put_in(f->ring, &f->id, &d, serial);
}

/* The key's serial is returned; @name "" for none. */
static s32 put(struct kunit *test, u32 form, const char *name)
{
	s32 serial = 0;

	KUNIT_EXPECT_EQ(test, put_for(test, form, name, LIFETIME, &serial), 0);
	KUNIT_EXPECT_GT(test, serial, 0);
	return serial;
}

static void expect_refused(struct kunit *test, u32 form, const char *name, int err)
{
	struct fixture *f = test->priv;
	unsigned long before = f->ring->keys.nr_leaves_on_tree;
	s32 serial = 0;

	KUNIT_EXPECT_EQ_MSG(test, put_for(test, form, name, LIFETIME, &serial), err, "%s", name);
	KUNIT_EXPECT_EQ(test, serial, 0);
	KUNIT_EXPECT_EQ(test, f->ring->keys.nr_leaves_on_tree, before);
}

/* The key in the keyring, with a reference; NULL for none. */
static struct key *found(struct kunit *test, const char *description)
{
	struct fixture *f = test->priv;
	key_ref_t ref = keyring_search(make_key_ref(f->ring, true), &key_type_logon, description,
				       true);

	return IS_ERR(ref) ? NULL : key_ref_to_ptr(ref);
}

static void expect_payload(struct kunit *test, const char *description, const char *payload)
{
	const struct user_key_payload *p;
	struct cssp_rd rd, want = test_str(payload);
	struct key *key = found(test, description);

	KUNIT_EXPECT_NOT_NULL_MSG(test, key, "%s", description);
	if (!key)
		return;
	down_read(&key->sem);
	p = user_key_payload_locked(key);
	rd = cssp_rd_of(p->data, p->datalen);
	test_expect_same(test, &rd, &want);
	up_read(&key->sem);
	key_put(key);
}

/* A saved credential: what delivery.c writes is what keyring.c reads. */
static void for_credssp(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cssp_identity id = {};
	struct cssp_rd want, got;

	put(test, CREDSSP, "termsrv/HOST.example");
	KUNIT_ASSERT_EQ(test, cssp_keyring_find(&f->who, f->ring, SPN, &id), 0);
	want = cssp_vbuf_rd(&f->id.user);
	got = cssp_vbuf_rd(&id.user);
	test_expect_same(test, &got, &want);
	want = cssp_vbuf_rd(&f->id.domain);
	got = cssp_vbuf_rd(&id.domain);
	test_expect_same(test, &got, &want);
	want = cssp_vbuf_rd(&f->id.password);
	got = cssp_vbuf_rd(&id.password);
	test_expect_same(test, &got, &want);
	cssp_identity_free(&id);
	KUNIT_EXPECT_EQ(test, cssp_keyring_find(&f->who, f->ring, "HTTP/host.example", &id),
			CSSP_E_NO_CREDS);
}

static void for_a_domain(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cssp_identity id = {};
	struct key *key;

	put(test, CREDSSP, "");
	key = found(test, "credssp:EXAMPLE");
	KUNIT_ASSERT_NOT_NULL(test, key);
	KUNIT_EXPECT_EQ(test, cssp_keyring_check(&f->who, key), 0);
	KUNIT_EXPECT_EQ(test, cssp_keyring_read(key, SPN, &id), 0);
	cssp_identity_free(&id);
	key_put(key);
	put(test, CREDSSP, "example");
	key = found(test, "credssp:example");
	KUNIT_ASSERT_NOT_NULL(test, key);
	KUNIT_EXPECT_EQ(test, cssp_keyring_read(key, SPN, &id), 0);
	cssp_identity_free(&id);
	key_put(key);
}

/* The longest of all parts fits in a key and is read again. */
static void longest_credssp(struct kunit *test)
{
	struct fixture *f = test->priv;
	char *name = test_room(test, CREDSSP_MAX_NAME + 1);
	char *password = test_room(test, CREDSSP_MAX_PASSWORD + 2);
	struct cssp_identity id = {};

	memset(name, 'n', CREDSSP_MAX_NAME);
	memset(password, 'p', CREDSSP_MAX_PASSWORD);
	set_identity(test, name, name, password);
	put(test, CREDSSP, SPN);
	KUNIT_EXPECT_EQ(test, cssp_keyring_find(&f->who, f->ring, SPN, &id), 0);
	KUNIT_EXPECT_EQ(test, id.password.len, (size_t)2 * CREDSSP_MAX_PASSWORD);
	cssp_identity_free(&id);
	put(test, CREDSSP, "");
	password[CREDSSP_MAX_PASSWORD] = 'p';
	set_identity(test, name, name, password);
	expect_refused(test, CREDSSP, SPN, CSSP_E_NO_CREDS);
}

/* As `credsspctl cred bridge` reads addresses: userspace-helper/credsspctl/saved/bridge_test.c */
static void for_cifs(struct kunit *test)
{
	static const struct {
		const char *name, *description;
	} rows[] = {
		{ "192.0.2.1", "cifs:a:192.0.2.1" },
		{ "2001:DB8:0:0:0:0:0:1", "cifs:a:2001:db8::1" },
		{ "::1", "cifs:a:::1" },
		{ "::", "cifs:a:::" },
		{ "fe80::1%lo", "cifs:a:fe80::1" },
		{ "2001:db8:0:1:0:0:0:1", "cifs:a:2001:db8:0:1::1" },
		{ "2001:db8:0:1:1:1:1:1", "cifs:a:2001:db8:0:1:1:1:1:1" },
		{ "::ffff:192.0.2.1", "cifs:a:::ffff:192.0.2.1" },
		{ "::192.0.2.1", "cifs:a:::c000:201" },
		{ "::1:0", "cifs:a:::1:0" },
		{ "fe80::5efe:c000:201", "cifs:a:fe80::5efe:192.0.2.1" },
		{ "2001:db8:1:2:0:5efe:a00:0", "cifs:a:2001:db8:1:2:0:5efe:10.0.0.0" },
		{ "", "cifs:d:EXAMPLE" },
		{ "example", "cifs:d:example" },
	};
	size_t i;

	set_identity(test, "alice", "EXAMPLE", "pa:ss \xc3\xbc");
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		put(test, CIFS, rows[i].name);
		expect_payload(test, rows[i].description, "alice:pa:ss \xc3\xbc");
	}
	/* An identity without a domain is of any domain. */
	set_identity(test, "alice", "", "x");
	put(test, CIFS, "OTHER");
	expect_payload(test, "cifs:d:OTHER", "alice:x");
	expect_refused(test, CIFS, "", CSSP_E_PARAMETER);
}

static void wrong_names(struct kunit *test)
{
	static const struct {
		u32 form;
		const char *name;
	} rows[] = {
		{ CREDSSP, "OTHER" },			/* not the identity's domain */
		{ CREDSSP, "EXAMPLE.COM" },
		{ CREDSSP, "/host" },
		{ CREDSSP, "TERMSRV/" },
		{ CREDSSP, "TERMSRV/a b" },
		{ CREDSSP, "TERMSRV/host\n" },
		{ CREDSSP, "TERMSRV/h\xc3\xb6st" },
		{ CIFS, "OTHER" },
		{ CIFS, "TERMSRV/host" },
		{ CIFS, "192.0.2.256" },		/* neither an address nor its domain */
		{ CIFS, "a:b" },
		{ CIFS, "%lo" },
		{ CIFS, "192.0.2.1%lo" },
		{ 2, SPN },
		{ U32_MAX, SPN },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		expect_refused(test, rows[i].form, rows[i].name, CSSP_E_PARAMETER);
}

static void wrong_lengths(struct kunit *test)
{
	struct fixture *f = test->priv;
	char *name = test_room(test, CREDSSP_MAX_TARGET + 2);
	struct cssp_delivery d = { .lifetime = LIFETIME };
	s32 serial = 0;

	memset(name, 'a', CREDSSP_MAX_TARGET + 1);
	expect_refused(test, CREDSSP, name, CSSP_E_PARAMETER);
	/* A NUL would end the description before the name's end. */
	d.name = cssp_rd_of("EXAMPLE\0", 8);
	KUNIT_EXPECT_EQ(test, cssp_delivery_put_in(f->ring, &f->id, &d, &serial),
			CSSP_E_PARAMETER);
	KUNIT_EXPECT_EQ(test, put_for(test, CREDSSP, SPN, 0, &serial), CSSP_E_PARAMETER);
	KUNIT_EXPECT_EQ(test, put_for(test, CREDSSP, SPN, CREDSSP_MAX_DELEGATED_LIFETIME + 1,
				      &serial), CSSP_E_PARAMETER);
	KUNIT_EXPECT_EQ(test, put_for(test, CREDSSP, SPN, U32_MAX, &serial), CSSP_E_PARAMETER);
	KUNIT_EXPECT_EQ(test, serial, 0);
	KUNIT_EXPECT_EQ(test, put_for(test, CREDSSP, SPN, CREDSSP_MAX_DELEGATED_LIFETIME,
				      &serial), 0);
}

/* The domain comes from the client: no text of it becomes a key for something else. */
static void hostile_domains(struct kunit *test)
{
	static const char *const bad[] = {
		"TERMSRV/host", "a:192.0.2.1", "A\\B", "a@b", "a;b", "a b", "a\nb", "a\x7f",
		"a\xe2\x80\xae", "\xc3\xbc",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		set_identity(test, "alice", bad[i], "x");
		expect_refused(test, CREDSSP, "", CSSP_E_PARAMETER);
		expect_refused(test, CIFS, "", CSSP_E_PARAMETER);
		expect_refused(test, CIFS, bad[i], CSSP_E_PARAMETER);
	}
	/* With an SPN the domain is only a part of the payload. */
	put(test, CREDSSP, SPN);
}

static void wrong_identities(struct kunit *test)
{
	struct fixture *f = test->priv;
	char *long_name = test_room(test, 258), *long_password = test_room(test, 514);
	struct cssp_rd lone = test_hex(test, "00d8");

	set_identity(test, "", "EXAMPLE", "x");
	expect_refused(test, CREDSSP, SPN, CSSP_E_NO_CREDS);
	set_identity(test, "al:ice", "EXAMPLE", "x");
	expect_refused(test, CIFS, "192.0.2.1", CSSP_E_NO_CREDS);
	put(test, CREDSSP, SPN);
	set_identity(test, "alice", "EXAMPLE", "");
	expect_refused(test, CIFS, "192.0.2.1", CSSP_E_NO_CREDS);
	memset(long_name, 'u', 256);
	memset(long_password, 'p', 512);
	set_identity(test, long_name, "EXAMPLE", long_password);
	put(test, CIFS, "192.0.2.1");
	long_name[256] = 'u';
	set_identity(test, long_name, "EXAMPLE", long_password);
	expect_refused(test, CIFS, "192.0.2.1", CSSP_E_NO_CREDS);
	long_name[256] = '\0';
	long_password[512] = 'p';
	set_identity(test, long_name, "EXAMPLE", long_password);
	expect_refused(test, CIFS, "192.0.2.1", CSSP_E_NO_CREDS);
	set_identity(test, "alice", "EXAMPLE", "x");
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(&f->id.password, &lone), 0);
	expect_refused(test, CREDSSP, SPN, CSSP_E_NO_CREDS);
	expect_refused(test, CIFS, "192.0.2.1", CSSP_E_NO_CREDS);
}

static void attributes(struct kunit *test)
{
	time64_t before = ktime_get_real_seconds();
	struct key *key = key_lookup(put(test, CREDSSP, SPN));

	KUNIT_ASSERT_FALSE(test, IS_ERR(key));
	KUNIT_EXPECT_EQ(test, key->perm, KEY_POS_VIEW | KEY_POS_SEARCH | KEY_POS_LINK |
			KEY_POS_WRITE | KEY_USR_VIEW | KEY_USR_WRITE);
	KUNIT_EXPECT_TRUE(test, uid_eq(key->uid, current_fsuid()));
	KUNIT_EXPECT_TRUE(test, test_bit(KEY_FLAG_IN_QUOTA, &key->flags));
	KUNIT_EXPECT_GE(test, key->expiry, before + LIFETIME);
	KUNIT_EXPECT_LE(test, key->expiry, ktime_get_real_seconds() + LIFETIME);
	KUNIT_EXPECT_NULL(test, key->type->read);
	key_put(key);
}

static void expires(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cssp_identity id = {};
	s32 serial = 0;

	KUNIT_ASSERT_EQ(test, put_for(test, CREDSSP, SPN, 1, &serial), 0);
	msleep(2100);
	KUNIT_EXPECT_EQ(test, cssp_keyring_find(&f->who, f->ring, SPN, &id), CSSP_E_NO_CREDS);
}

static void is_revoked(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cssp_identity id = {};
	struct key *key = key_lookup(put(test, CREDSSP, SPN));

	KUNIT_ASSERT_FALSE(test, IS_ERR(key));
	key_revoke(key);
	KUNIT_EXPECT_EQ(test, cssp_keyring_find(&f->who, f->ring, SPN, &id), CSSP_E_NO_CREDS);
	key_put(key);
	/* Another delivery takes its place. */
	put(test, CREDSSP, SPN);
	KUNIT_EXPECT_EQ(test, cssp_keyring_find(&f->who, f->ring, SPN, &id), 0);
	cssp_identity_free(&id);
}

static void unlinked(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct key *key = key_lookup(put(test, CIFS, "192.0.2.1"));

	KUNIT_ASSERT_FALSE(test, IS_ERR(key));
	KUNIT_EXPECT_EQ(test, key_unlink(f->ring, key), 0);
	KUNIT_EXPECT_NULL(test, found(test, "cifs:a:192.0.2.1"));
	key_put(key);
}

/* Somebody was there before, with a key of the same description that all may use and change. */
static void planted(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct key *key, *old = key_alloc(&key_type_logon, "credssp:" SPN, KUIDT_INIT(USER),
					  KGIDT_INIT(USER), current_cred(),
					  KEY_POS_ALL | KEY_USR_ALL | KEY_OTH_ALL,
					  KEY_ALLOC_NOT_IN_QUOTA, NULL);
	struct cssp_identity id = {};
	s32 serial;

	KUNIT_ASSERT_FALSE(test, IS_ERR(old));
	KUNIT_ASSERT_EQ(test, key_instantiate_and_link(old, "old", 3, f->ring, NULL), 0);
	serial = put(test, CREDSSP, SPN);
	KUNIT_EXPECT_NE(test, serial, key_serial(old));
	key = found(test, "credssp:" SPN);
	KUNIT_ASSERT_NOT_NULL(test, key);
	KUNIT_EXPECT_EQ(test, key_serial(key), serial);
	KUNIT_EXPECT_TRUE(test, uid_eq(key->uid, current_fsuid()));
	KUNIT_EXPECT_EQ(test, key->perm & KEY_OTH_ALL, 0U);
	KUNIT_EXPECT_EQ(test, cssp_keyring_find(&f->who, f->ring, SPN, &id), 0);
	cssp_identity_free(&id);
	down_read(&old->sem);
	KUNIT_EXPECT_EQ(test, user_key_payload_locked(old)->datalen, 3);
	up_read(&old->sem);
	key_put(key);
	key_put(old);
}

static void not_a_keyring(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cssp_delivery d = { .name = test_str(SPN), .lifetime = LIFETIME };
	struct key *key = key_lookup(put(test, CREDSSP, SPN));
	s32 serial = 0;

	KUNIT_ASSERT_FALSE(test, IS_ERR(key));
	KUNIT_EXPECT_EQ(test, cssp_delivery_put_in(key, &f->id, &d, &serial), CSSP_E_PARAMETER);
	KUNIT_EXPECT_EQ(test, serial, 0);
	key_put(key);
}

/* A keyring that takes only certain keys */
static void restricted_keyring(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cssp_delivery d = { .name = test_str(SPN), .lifetime = LIFETIME };
	struct key *ring = keyring_alloc("restricted", GLOBAL_ROOT_UID, GLOBAL_ROOT_GID,
					 current_cred(), KEY_POS_ALL | KEY_USR_ALL,
					 KEY_ALLOC_NOT_IN_QUOTA, NULL, NULL);
	s32 serial = 0;

	KUNIT_ASSERT_FALSE(test, IS_ERR(ring));
	KUNIT_ASSERT_EQ(test, keyring_restrict(make_key_ref(ring, true), NULL, NULL), 0);
	KUNIT_EXPECT_EQ(test, cssp_delivery_put_in(ring, &f->id, &d, &serial), CSSP_E_NO_CREDS);
	KUNIT_EXPECT_EQ(test, serial, 0);
	key_put(ring);
}

/* The kernel's quota of keys counts them. */
static void quota_of_keys(struct kunit *test)
{
	struct cred *cred = prepare_creds();
	const struct cred *own;
	char name[32];
	s32 serial;
	int i, ret;

	KUNIT_ASSERT_NOT_NULL(test, cred);
	cred->fsuid = KUIDT_INIT(USER);
	own = override_creds(cred);
	for (i = 0, ret = 0; !ret && i < KEYS_MAX; i++) {
		snprintf(name, sizeof(name), "TERMSRV/h%d", i);
		ret = put_for(test, CREDSSP, name, LIFETIME, &serial);
	}
	revert_creds(own);
	put_cred(cred);
	KUNIT_EXPECT_EQ(test, ret, -EDQUOT);
	KUNIT_EXPECT_GT(test, i, 1);
}

static void without_memory(struct kunit *test)
{
	static const struct {
		u32 form;
		const char *name;
	} rows[] = { { CREDSSP, SPN }, { CREDSSP, "" }, { CIFS, "192.0.2.1" }, { CIFS, "" } };
	struct squeeze s = {};
	s32 serial;
	size_t i;
	long room;
	int ret;

	squeeze_init(test, &s);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (room = 0, ret = -EDQUOT; ret && room < 2 * PAGE_SIZE; room += ROOM_STEP) {
			serial = 0;
			squeeze_begin(test, &s, room);
			ret = put_for(test, rows[i].form, rows[i].name, LIFETIME, &serial);
			squeeze_end(&s);
			KUNIT_EXPECT_TRUE(test, !ret || (ret == -EDQUOT && !serial));
		}
		KUNIT_EXPECT_EQ(test, ret, 0);
		KUNIT_EXPECT_GT(test, room, (long)ROOM_STEP);
	}
}

/* This test is a kernel thread: a number would mean the kernel's own keyrings. */
static void kernel_threads(struct kunit *test)
{
	static const s32 keyrings[] = {
		KEY_SPEC_THREAD_KEYRING, KEY_SPEC_SESSION_KEYRING, KEY_SPEC_USER_KEYRING, 1, S32_MIN
	};
	struct fixture *f = test->priv;
	struct cssp_delivery d = { .name = test_str(SPN), .lifetime = LIFETIME };
	s32 serial = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keyrings); i++) {
		d.keyring = keyrings[i];
		KUNIT_EXPECT_EQ(test, cssp_delivery_put(&f->id, &d, &serial), CSSP_E_NO_CREDS);
	}
	d.keyring = key_serial(f->ring);
	KUNIT_EXPECT_EQ(test, cssp_delivery_put(&f->id, &d, &serial), CSSP_E_NO_CREDS);
	d.keyring = 0;
	KUNIT_EXPECT_EQ(test, cssp_delivery_put(&f->id, &d, &serial), CSSP_E_PARAMETER);
	KUNIT_EXPECT_EQ(test, serial, 0);
}

static int delivery_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	test->priv = f;
	f->ring = keyring_alloc("delivery", GLOBAL_ROOT_UID, GLOBAL_ROOT_GID, current_cred(),
				KEY_POS_ALL | KEY_USR_ALL, KEY_ALLOC_NOT_IN_QUOTA, NULL, NULL);
	if (IS_ERR(f->ring))
		return PTR_ERR(f->ring);
	cssp_requester_pin(&f->who, current_cred(), &init_net);
	set_identity(test, "alice", "EXAMPLE", "Pa55 w\xc3\xb6rd");
	return 0;
}

static void delivery_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	cssp_requester_drop(&f->who);
	cssp_identity_free(&f->id);
	key_put(f->ring);
}

static struct kunit_case delivery_cases[] = {
	KUNIT_CASE(for_credssp),
	KUNIT_CASE(for_a_domain),
	KUNIT_CASE(longest_credssp),
	KUNIT_CASE(for_cifs),
	KUNIT_CASE(wrong_names),
	KUNIT_CASE(wrong_lengths),
	KUNIT_CASE(hostile_domains),
	KUNIT_CASE(wrong_identities),
	KUNIT_CASE(attributes),
	KUNIT_CASE(expires),
	KUNIT_CASE(is_revoked),
	KUNIT_CASE(unlinked),
	KUNIT_CASE(planted),
	KUNIT_CASE(not_a_keyring),
	KUNIT_CASE(restricted_keyring),
	KUNIT_CASE(quota_of_keys),
	KUNIT_CASE(without_memory),
	KUNIT_CASE(kernel_threads),
	{}
};

static struct kunit_suite delivery_suite = {
	.name = "credssp_cred_delivery",
	.init = delivery_init,
	.exit = delivery_exit,
	.test_cases = delivery_cases,
};

kunit_test_suite(delivery_suite);
