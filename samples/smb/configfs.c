// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/config/credssp_smb/NAME/: a directory is a connection, a file is one of its
 * settings.  They can be written while there is no connection.  Writing 1 to "connect" starts
 * it and returns at once; 0 logs off, or cancels what is under way, and waits until that has
 * ended.  Removing the directory closes the connection without a word to the server.  Writing
 * 1 to "check" uses the session once more.
 *
 * Who writes "key" must be allowed to use that key, and becomes the user whom the credential
 * is for.  Who writes "connect" gives the network namespace, and is the user if no key was
 * written; its Kerberos tickets are used then.  Only root can write here unless it changes the
 * owner of the files.
 */
#include <linux/bits.h>
#include <linux/configfs.h>
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/key.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "smb.h"

#define SMB_MIN_TIMEOUT_MS	1
#define SMB_MAX_TIMEOUT_MS	(10 * 60 * 1000)

static struct smb_connection *smb_of(struct config_item *item)
{
	return container_of(item, struct smb_connection, item);
}

/* ---- Settings ------------------------------------------------------------- */

/* Changes a setting with the lock held, or fails while there is a connection. */
static int setting_begin(struct smb_connection *c)
{
	mutex_lock(&c->lock);
	if (!c->busy && !c->connected)
		return 0;
	mutex_unlock(&c->lock);
	return -EBUSY;
}

static void setting_end(struct smb_connection *c)
{
	mutex_unlock(&c->lock);
}

/* Printable ASCII without blanks at its ends; it may be empty. */
static ssize_t setting_text(struct smb_connection *c, char *to, const char *page, size_t count)
{
	const char *from = skip_spaces(page);
	size_t i, length = strlen(from);
	int ret;

	while (length && isspace(from[length - 1]))
		length--;
	if (length >= SMB_MAX_NAME)
		return -ENAMETOOLONG;
	for (i = 0; i < length; i++)
		if (!isascii(from[i]) || !isprint(from[i]))
			return -EINVAL;
	ret = setting_begin(c);
	if (ret)
		return ret;
	memcpy(to, from, length);
	to[length] = '\0';
	setting_end(c);
	return count;
}

static ssize_t setting_number(struct smb_connection *c, u32 *to, const char *page,
			      size_t count, u32 least, u32 most)
{
	u32 value;
	int ret;

	ret = kstrtou32(page, 0, &value);
	if (ret)
		return ret;
	if (value < least || value > most)
		return -ERANGE;
	ret = setting_begin(c);
	if (ret)
		return ret;
	*to = value;
	setting_end(c);
	return count;
}

/* A setting that is one of some words. */
struct setting_word {
	const char *word;
	u32 value;
};

static ssize_t setting_choice(struct smb_connection *c, u32 *to, const char *page,
			      size_t count, const struct setting_word *words)
{
	int ret;

	while (words->word && !sysfs_streq(page, words->word))
		words++;
	if (!words->word)
		return -EINVAL;
	ret = setting_begin(c);
	if (ret)
		return ret;
	*to = words->value;
	setting_end(c);
	return count;
}

static ssize_t setting_show_choice(u32 value, char *page, const struct setting_word *words)
{
	while (words->word && words->value != value)
		words++;
	return sysfs_emit(page, "%s\n", words->word);
}

static const struct setting_word setting_dialects[] = {
	{ "2.1", SMB_DIALECT_210 },
	{ "3.0", SMB_DIALECT_300 },
	{ "3.0.2", SMB_DIALECT_302 },
	{ "3.1.1", SMB_DIALECT_311 },
	{}
};

static const struct setting_word setting_signing[] = {
	{ "any", BIT(SMB_SIGN_HMAC_SHA256) | BIT(SMB_SIGN_AES_CMAC) | BIT(SMB_SIGN_AES_GMAC) },
	{ "hmac-sha256", BIT(SMB_SIGN_HMAC_SHA256) },
	{ "aes-cmac", BIT(SMB_SIGN_AES_CMAC) },
	{ "aes-gmac", BIT(SMB_SIGN_AES_GMAC) },
	{}
};

#define SMB_TEXT(name)								\
static ssize_t smb_##name##_show(struct config_item *item, char *page)		\
{										\
	return sysfs_emit(page, "%s\n", smb_of(item)->set.name);		\
}										\
static ssize_t smb_##name##_store(struct config_item *item, const char *page,	\
				  size_t count)					\
{										\
	return setting_text(smb_of(item), smb_of(item)->set.name, page, count);	\
}										\
CONFIGFS_ATTR(smb_, name)

#define SMB_NUMBER(name, least, most)						\
static ssize_t smb_##name##_show(struct config_item *item, char *page)		\
{										\
	return sysfs_emit(page, "%u\n", smb_of(item)->set.name);		\
}										\
static ssize_t smb_##name##_store(struct config_item *item, const char *page,	\
				  size_t count)					\
{										\
	return setting_number(smb_of(item), &smb_of(item)->set.name, page,	\
			      count, least, most);				\
}										\
CONFIGFS_ATTR(smb_, name)

#define SMB_CHOICE(name, words)							\
static ssize_t smb_##name##_show(struct config_item *item, char *page)		\
{										\
	return setting_show_choice(smb_of(item)->set.name, page, words);	\
}										\
static ssize_t smb_##name##_store(struct config_item *item, const char *page,	\
				  size_t count)					\
{										\
	return setting_choice(smb_of(item), &smb_of(item)->set.name, page,	\
			      count, words);					\
}										\
CONFIGFS_ATTR(smb_, name)

SMB_TEXT(address);
SMB_TEXT(server);
SMB_TEXT(share);
SMB_TEXT(ccache);
SMB_NUMBER(port, 1, U16_MAX);
SMB_NUMBER(timeout_ms, SMB_MIN_TIMEOUT_MS, SMB_MAX_TIMEOUT_MS);
SMB_CHOICE(min_dialect, setting_dialects);
SMB_CHOICE(max_dialect, setting_dialects);
SMB_CHOICE(signing, setting_signing);

/* ---- Key, start, result ----------------------------------------------------- */

static ssize_t smb_key_show(struct config_item *item, char *page)
{
	struct smb_connection *c = smb_of(item);
	ssize_t length;

	mutex_lock(&c->lock);
	length = sysfs_emit(page, "%d\n", c->key ? key_serial(c->key) : 0);
	mutex_unlock(&c->lock);
	return length;
}

/* References of @key and @user go to the connection; those it had are dropped. */
static int smb_set_key(struct smb_connection *c, struct key *key, const struct cred *user)
{
	int ret = setting_begin(c);

	if (!ret) {
		swap(c->key, key);
		swap(c->user, user);
		setting_end(c);
	}
	key_put(key);
	put_cred(user);
	return ret;
}

/* A logon key, a keyring with one for this server, or 0 for none. */
static ssize_t smb_key_store(struct config_item *item, const char *page, size_t count)
{
	struct key *key = NULL;
	s32 serial;
	int ret;

	ret = kstrtos32(page, 0, &serial);
	if (ret)
		return ret;
	if (serial)
		key = credssp_lookup_key(serial);
	if (IS_ERR(key))
		return PTR_ERR(key);
	ret = smb_set_key(smb_of(item), key, key ? get_current_cred() : NULL);
	return ret ?: count;
}

CONFIGFS_ATTR(smb_, key);

static ssize_t smb_connect_show(struct config_item *item, char *page)
{
	struct smb_connection *c = smb_of(item);
	ssize_t length;

	mutex_lock(&c->lock);
	length = sysfs_emit(page, "%d\n", c->busy || c->connected);
	mutex_unlock(&c->lock);
	return length;
}

static ssize_t smb_connect_store(struct config_item *item, const char *page, size_t count)
{
	bool connect;
	int ret;

	ret = kstrtobool(page, &connect);
	if (ret)
		return ret;
	if (connect)
		ret = smb_connection_start(smb_of(item));
	else
		ret = smb_connection_stop(smb_of(item));
	return ret ?: count;
}

CONFIGFS_ATTR(smb_, connect);

static ssize_t smb_check_store(struct config_item *item, const char *page, size_t count)
{
	int ret;

	if (!sysfs_streq(page, "1"))
		return -EINVAL;
	ret = smb_connection_check(smb_of(item));
	return ret ?: count;
}

CONFIGFS_ATTR_WO(smb_, check);

static ssize_t smb_state_show(struct config_item *item, char *page)
{
	struct smb_connection *c = smb_of(item);
	ssize_t length;

	mutex_lock(&c->lock);
	if (!c->busy)
		length = sysfs_emit(page, "%s\n", c->state);
	else
		length = sysfs_emit(page, "%s\n", c->step ? c->step->name : "running");
	mutex_unlock(&c->lock);
	return length;
}

CONFIGFS_ATTR_RO(smb_, state);

static ssize_t smb_outcome_show(struct config_item *item, char *page)
{
	struct smb_connection *c = smb_of(item);
	ssize_t length;

	mutex_lock(&c->lock);
	length = sysfs_emit(page, "%s\n", c->outcome);
	mutex_unlock(&c->lock);
	return length;
}

CONFIGFS_ATTR_RO(smb_, outcome);

static struct configfs_attribute *smb_attributes[] = {
	&smb_attr_address,
	&smb_attr_port,
	&smb_attr_server,
	&smb_attr_share,
	&smb_attr_key,
	&smb_attr_ccache,
	&smb_attr_min_dialect,
	&smb_attr_max_dialect,
	&smb_attr_signing,
	&smb_attr_timeout_ms,
	&smb_attr_connect,
	&smb_attr_check,
	&smb_attr_state,
	&smb_attr_outcome,
	NULL
};

/* ---- Directories ------------------------------------------------------------ */

static void smb_item_release(struct config_item *item)
{
	struct smb_connection *c = smb_of(item);

	key_put(c->key);
	put_cred(c->user);
	kfree(c);
}

static struct configfs_item_operations smb_item_ops = {
	.release = smb_item_release,
};

static const struct config_item_type smb_item_type = {
	.ct_item_ops = &smb_item_ops,
	.ct_attrs = smb_attributes,
	.ct_owner = THIS_MODULE,
};

static struct config_item *smb_make_item(struct config_group *group, const char *name)
{
	struct smb_connection *c = kzalloc(sizeof(*c), GFP_KERNEL_ACCOUNT);

	if (!c)
		return ERR_PTR(-ENOMEM);
	smb_connection_init(c);
	config_item_init_type_name(&c->item, name, &smb_item_type);
	return &c->item;
}

static void smb_drop_item(struct config_group *group, struct config_item *item)
{
	smb_connection_abort(smb_of(item));
	config_item_put(item);
}

static struct configfs_group_operations smb_group_ops = {
	.make_item = smb_make_item,
	.drop_item = smb_drop_item,
};

static const struct config_item_type smb_group_type = {
	.ct_group_ops = &smb_group_ops,
	.ct_owner = THIS_MODULE,
};

static struct configfs_subsystem smb_subsystem = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "credssp_smb",
			.ci_type = &smb_group_type,
		},
	},
	.su_mutex = __MUTEX_INITIALIZER(smb_subsystem.su_mutex),
};

int smb_configfs_register(void)
{
	config_group_init(&smb_subsystem.su_group);
	return configfs_register_subsystem(&smb_subsystem);
}

void smb_configfs_unregister(void)
{
	configfs_unregister_subsystem(&smb_subsystem);
}
