// SPDX-License-Identifier: GPL-2.0-only
/* Counts and limits of the module: CREDSSP_IOC_INFO, and /sys/class/misc/credssp. */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/device.h>
#include <linux/sysfs.h>
#include <linux/user_namespace.h>
#include <uapi/linux/credssp.h>

#include "../base/quota.h"
#include "../core/stats.h"
#include "../upcall/conv.h"
#include "chardev.h"
#include "ioctl.h"
#include "ioctl_info.h"

/* The counts of all users are for the administrator of the machine. */
static bool info_may_see_all(void)
{
	return ns_capable_noaudit(&init_user_ns, CAP_SYS_ADMIN);
}

static u64 info_limit(const struct cred *cred, enum cssp_resource what)
{
	long limit = cssp_quota_limit(cred, what);

	return limit == CSSP_UNLIMITED ? CREDSSP_UNLIMITED : limit;
}

static void info_fill_own(struct credssp_ioc_info *a, const struct cred *cred)
{
	a->own_contexts = cssp_quota_used(cred, CSSP_CONTEXTS);
	a->own_credentials = cssp_quota_used(cred, CSSP_CREDENTIALS);
	a->own_buffer_bytes = cssp_quota_used(cred, CSSP_BUFFER_BYTES);
	a->max_contexts = info_limit(cred, CSSP_CONTEXTS);
	a->max_credentials = info_limit(cred, CSSP_CREDENTIALS);
	a->max_buffer_bytes = info_limit(cred, CSSP_BUFFER_BYTES);
}

static void info_fill_all(struct credssp_ioc_info *a)
{
	a->flags |= CREDSSP_INFO_ALL;
	a->contexts = cssp_quota_total(CSSP_CONTEXTS);
	a->credentials = cssp_quota_total(CSSP_CREDENTIALS);
	a->buffer_bytes = cssp_quota_total(CSSP_BUFFER_BYTES);
	a->established = atomic64_read(&cssp_stats.established);
	a->failed = atomic64_read(&cssp_stats.failed);
	a->refused = cssp_quota_refused();
}

int cssp_ioctl_info(struct cssp_chardev_file *file, void *args)
{
	struct credssp_ioc_info *a = args;

	*a = (struct credssp_ioc_info){
		.size = a->size,
		.abi = CREDSSP_ABI,
		.helper_present = cssp_upcall_present(file->net),
		.helper_timeout_ms = cssp_upcall_timeout_ms(),
		.handshake_timeout_ms = cssp_context_timeout_ms(),
		.max_handles = CSSP_MAX_HANDLES,
		.version = CSSP_VERSION,
	};
	info_fill_own(a, current_cred());
	if (info_may_see_all())
		info_fill_all(a);
	return 0;
}

/* One file in /sys/class/misc/credssp. */
struct info_counter {
	struct device_attribute attr;
	u64 (*read)(void);
};

static u64 info_read_contexts(void)
{
	return cssp_quota_total(CSSP_CONTEXTS);
}

static u64 info_read_credentials(void)
{
	return cssp_quota_total(CSSP_CREDENTIALS);
}

static u64 info_read_buffer_bytes(void)
{
	return cssp_quota_total(CSSP_BUFFER_BYTES);
}

static u64 info_read_established(void)
{
	return atomic64_read(&cssp_stats.established);
}

static u64 info_read_failed(void)
{
	return atomic64_read(&cssp_stats.failed);
}

static ssize_t info_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct info_counter *c = container_of(attr, struct info_counter, attr);

	return sysfs_emit(buf, "%llu\n", c->read());
}

#define COUNTER(name, fn)					\
	static struct info_counter info_counter_##name = {		\
		.attr = __ATTR(name, 0400, info_show, NULL),		\
		.read = fn,					\
	}

COUNTER(contexts, info_read_contexts);
COUNTER(credentials, info_read_credentials);
COUNTER(buffer_bytes, info_read_buffer_bytes);
COUNTER(established, info_read_established);
COUNTER(failed, info_read_failed);
COUNTER(refused, cssp_quota_refused);

static struct attribute *info_attrs[] = {
	&info_counter_contexts.attr.attr,
	&info_counter_credentials.attr.attr,
	&info_counter_buffer_bytes.attr.attr,
	&info_counter_established.attr.attr,
	&info_counter_failed.attr.attr,
	&info_counter_refused.attr.attr,
	NULL
};

static const struct attribute_group info_group = { .attrs = info_attrs };

const struct attribute_group *cssp_info_groups[] = { &info_group, NULL };
