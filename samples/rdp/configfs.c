// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/config/credssp_rdp/NAME/: a directory is a connection, a file is one of its
 * settings.  They can be written while the connection does not run.  Writing 1 to "connect"
 * starts it and returns at once; 0, or removing the directory, cancels it.
 *
 * Who writes "key" must be allowed to use that key, and becomes the user whom the credential
 * is for.  Who writes "connect" gives the network namespace, and is the user if no key was
 * written.  Only root can write here unless it changes the owner of the files.
 */
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

#include "rdp.h"

#define RDP_MIN_TIMEOUT_MS	1
#define RDP_MAX_TIMEOUT_MS	(10 * 60 * 1000)

static struct rdp_connection *rdp_of(struct config_item *item)
{
	return container_of(item, struct rdp_connection, item);
}

/* ---- Settings ------------------------------------------------------------- */

/* Changes a setting with the lock held, or fails while the connection runs. */
static int setting_begin(struct rdp_connection *c)
{
	mutex_lock(&c->lock);
	if (!c->running)
		return 0;
	mutex_unlock(&c->lock);
	return -EBUSY;
}

static void setting_end(struct rdp_connection *c)
{
	mutex_unlock(&c->lock);
}

/* Printable ASCII without blanks at its ends; it may be empty. */
static ssize_t setting_text(struct rdp_connection *c, char *to, const char *page, size_t count)
{
	const char *from = skip_spaces(page);
	size_t i, length = strlen(from);
	int ret;

	while (length && isspace(from[length - 1]))
		length--;
	if (length >= RDP_MAX_NAME)
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

static ssize_t setting_number(struct rdp_connection *c, u32 *to, const char *page,
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

static ssize_t setting_choice(struct rdp_connection *c, u32 *to, const char *page,
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

static const struct setting_word setting_forms[] = {
	{ "rdp", RDP_FORM_RDP },
	{ "vmconnect", RDP_FORM_VMCONNECT },
	{}
};

static const struct setting_word setting_mechs[] = {
	{ "negotiate", CREDSSP_MECH_NEGOTIATE },
	{ "ntlm", CREDSSP_MECH_NTLM },
	{ "kerberos", CREDSSP_MECH_KERBEROS },
	{}
};

/* Who asks for one of these also asks for those it is made of (BCGR 2.2.1.1.1). */
static const struct setting_word setting_protocols[] = {
	{ "hybrid", RDP_PROTOCOL_SSL | RDP_PROTOCOL_HYBRID },
	{ "hybrid_ex", RDP_PROTOCOL_SSL | RDP_PROTOCOL_HYBRID | RDP_PROTOCOL_HYBRID_EX },
	{}
};

static const struct setting_word setting_switch[] = {
	{ "0", 0 },
	{ "1", 1 },
	{}
};

#define RDP_TEXT(name)								\
static ssize_t rdp_##name##_show(struct config_item *item, char *page)		\
{										\
	return sysfs_emit(page, "%s\n", rdp_of(item)->set.name);		\
}										\
static ssize_t rdp_##name##_store(struct config_item *item, const char *page,	\
				  size_t count)					\
{										\
	return setting_text(rdp_of(item), rdp_of(item)->set.name, page, count);	\
}										\
CONFIGFS_ATTR(rdp_, name)

#define RDP_NUMBER(name, least, most)						\
static ssize_t rdp_##name##_show(struct config_item *item, char *page)		\
{										\
	return sysfs_emit(page, "%u\n", rdp_of(item)->set.name);		\
}										\
static ssize_t rdp_##name##_store(struct config_item *item, const char *page,	\
				  size_t count)					\
{										\
	return setting_number(rdp_of(item), &rdp_of(item)->set.name, page,	\
			      count, least, most);				\
}										\
CONFIGFS_ATTR(rdp_, name)

#define RDP_CHOICE(name, words)							\
static ssize_t rdp_##name##_show(struct config_item *item, char *page)		\
{										\
	return setting_show_choice(rdp_of(item)->set.name, page, words);	\
}										\
static ssize_t rdp_##name##_store(struct config_item *item, const char *page,	\
				  size_t count)					\
{										\
	return setting_choice(rdp_of(item), &rdp_of(item)->set.name, page,	\
			      count, words);					\
}										\
CONFIGFS_ATTR(rdp_, name)

RDP_TEXT(address);
RDP_TEXT(server);
RDP_TEXT(vm);
RDP_NUMBER(port, 0, U16_MAX);
RDP_NUMBER(timeout_ms, RDP_MIN_TIMEOUT_MS, RDP_MAX_TIMEOUT_MS);
RDP_NUMBER(min_version, 0, CREDSSP_MAX_VERSION);
RDP_CHOICE(form, setting_forms);
RDP_CHOICE(mechs, setting_mechs);
RDP_CHOICE(protocols, setting_protocols);
RDP_CHOICE(mutual, setting_switch);

static ssize_t rdp_channels_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%s\n", rdp_of(item)->set.channels);
}

/* Names that fit into CS_NET. */
static ssize_t rdp_channels_store(struct config_item *item, const char *page, size_t count)
{
	const char *name = skip_spaces(page);
	size_t names = 0, length;

	for (; *name && !isspace(*name); name += length + (name[length] == ',')) {
		length = strcspn(name, ", \t\n");
		if (!length || length >= RDP_CHANNEL_NAME || ++names > RDP_MAX_CHANNELS)
			return -EINVAL;
	}
	/* The names behind a blank have not been counted. */
	if (*skip_spaces(name))
		return -EINVAL;
	return setting_text(rdp_of(item), rdp_of(item)->set.channels, page, count);
}

CONFIGFS_ATTR(rdp_, channels);

/* ---- Key, start, result ----------------------------------------------------- */

static ssize_t rdp_key_show(struct config_item *item, char *page)
{
	struct rdp_connection *c = rdp_of(item);
	ssize_t length;

	mutex_lock(&c->lock);
	length = sysfs_emit(page, "%d\n", c->key ? key_serial(c->key) : 0);
	mutex_unlock(&c->lock);
	return length;
}

/* References of @key and @user go to the connection; those it had are dropped. */
static int rdp_set_key(struct rdp_connection *c, struct key *key, const struct cred *user)
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
static ssize_t rdp_key_store(struct config_item *item, const char *page, size_t count)
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
	ret = rdp_set_key(rdp_of(item), key, key ? get_current_cred() : NULL);
	return ret ?: count;
}

CONFIGFS_ATTR(rdp_, key);

static ssize_t rdp_connect_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", READ_ONCE(rdp_of(item)->running));
}

static ssize_t rdp_connect_store(struct config_item *item, const char *page, size_t count)
{
	bool connect;
	int ret;

	ret = kstrtobool(page, &connect);
	if (ret)
		return ret;
	if (connect)
		ret = rdp_connection_start(rdp_of(item));
	else
		rdp_connection_stop(rdp_of(item));
	return ret ?: count;
}

CONFIGFS_ATTR(rdp_, connect);

static ssize_t rdp_state_show(struct config_item *item, char *page)
{
	struct rdp_connection *c = rdp_of(item);
	const struct rdp_step *step;
	ssize_t length;

	mutex_lock(&c->lock);
	step = READ_ONCE(c->step);
	if (!c->running)
		length = sysfs_emit(page, "%s\n", c->state);
	else
		length = sysfs_emit(page, "%s\n", step && step->name ? step->name : "running");
	mutex_unlock(&c->lock);
	return length;
}

CONFIGFS_ATTR_RO(rdp_, state);

static ssize_t rdp_outcome_show(struct config_item *item, char *page)
{
	struct rdp_connection *c = rdp_of(item);
	ssize_t length;

	mutex_lock(&c->lock);
	length = sysfs_emit(page, "%s\n", c->outcome);
	mutex_unlock(&c->lock);
	return length;
}

CONFIGFS_ATTR_RO(rdp_, outcome);

static struct configfs_attribute *rdp_attributes[] = {
	&rdp_attr_address,
	&rdp_attr_port,
	&rdp_attr_server,
	&rdp_attr_key,
	&rdp_attr_mechs,
	&rdp_attr_min_version,
	&rdp_attr_mutual,
	&rdp_attr_form,
	&rdp_attr_vm,
	&rdp_attr_protocols,
	&rdp_attr_channels,
	&rdp_attr_timeout_ms,
	&rdp_attr_connect,
	&rdp_attr_state,
	&rdp_attr_outcome,
	NULL
};

/* ---- Directories ------------------------------------------------------------ */

static void rdp_item_release(struct config_item *item)
{
	struct rdp_connection *c = rdp_of(item);

	key_put(c->key);
	put_cred(c->user);
	kfree(c);
}

static struct configfs_item_operations rdp_item_ops = {
	.release = rdp_item_release,
};

static const struct config_item_type rdp_item_type = {
	.ct_item_ops = &rdp_item_ops,
	.ct_attrs = rdp_attributes,
	.ct_owner = THIS_MODULE,
};

static struct config_item *rdp_make_item(struct config_group *group, const char *name)
{
	struct rdp_connection *c = kzalloc(sizeof(*c), GFP_KERNEL_ACCOUNT);

	if (!c)
		return ERR_PTR(-ENOMEM);
	rdp_connection_init(c);
	config_item_init_type_name(&c->item, name, &rdp_item_type);
	return &c->item;
}

static void rdp_drop_item(struct config_group *group, struct config_item *item)
{
	rdp_connection_stop(rdp_of(item));
	config_item_put(item);
}

static struct configfs_group_operations rdp_group_ops = {
	.make_item = rdp_make_item,
	.drop_item = rdp_drop_item,
};

static const struct config_item_type rdp_group_type = {
	.ct_group_ops = &rdp_group_ops,
	.ct_owner = THIS_MODULE,
};

static struct configfs_subsystem rdp_subsystem = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "credssp_rdp",
			.ci_type = &rdp_group_type,
		},
	},
	.su_mutex = __MUTEX_INITIALIZER(rdp_subsystem.su_mutex),
};

int rdp_configfs_register(void)
{
	config_group_init(&rdp_subsystem.su_group);
	return configfs_register_subsystem(&rdp_subsystem);
}

void rdp_configfs_unregister(void)
{
	configfs_unregister_subsystem(&rdp_subsystem);
}
