// SPDX-License-Identifier: GPL-2.0-only
/* What the module counts: CREDSSP_IOC_INFO, and /sys/class/misc/credssp. */
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

/* How much others do is their business, and the administrator's. */
static bool may_see_all(void)
{
	return ns_capable_noaudit(&init_user_ns, CAP_SYS_ADMIN);
}

static u64 limit_of(const struct cred *cred, enum cssp_resource what)
{
	long limit = cssp_quota_limit(cred, what);

	return limit == CSSP_UNLIMITED ? CREDSSP_UNLIMITED : limit;
}

static void tell_own(struct credssp_ioc_info *a, const struct cred *cred)
{
	a->own_contexts = cssp_quota_used(cred, CSSP_CONTEXTS);
	a->own_credentials = cssp_quota_used(cred, CSSP_CREDENTIALS);
	a->own_buffer_bytes = cssp_quota_used(cred, CSSP_BUFFER_BYTES);
	a->max_contexts = limit_of(cred, CSSP_CONTEXTS);
	a->max_credentials = limit_of(cred, CSSP_CREDENTIALS);
	a->max_buffer_bytes = limit_of(cred, CSSP_BUFFER_BYTES);
}

static void tell_all(struct credssp_ioc_info *a)
{
	a->flags |= CREDSSP_INFO_ALL;
	a->contexts = cssp_quota_total(CSSP_CONTEXTS);
	a->credentials = cssp_quota_total(CSSP_CREDENTIALS);
	a->buffer_bytes = cssp_quota_total(CSSP_BUFFER_BYTES);
	a->established = atomic64_read(&cssp_stats.established);
	a->failed = atomic64_read(&cssp_stats.failed);
	a->refused = cssp_quota_refused();
}

int cssp_ioctl_info(struct cssp_dev *dev, void *args)
{
	struct credssp_ioc_info *a = args;

	*a = (struct credssp_ioc_info){
		.size = a->size,
		.abi = CREDSSP_ABI,
		.helper_present = cssp_upcall_present(dev->net),
		.helper_timeout_ms = cssp_upcall_timeout_ms(),
		.handshake_timeout_ms = cssp_context_timeout_ms(),
		.max_handles = CSSP_MAX_HANDLES,
		.version = CSSP_VERSION,
	};
	tell_own(a, current_cred());
	if (may_see_all())
		tell_all(a);
	return 0;
}

/* One file in /sys/class/misc/credssp */
struct counter {
	struct device_attribute attr;
	u64 (*read)(void);
};

static u64 read_contexts(void)
{
	return cssp_quota_total(CSSP_CONTEXTS);
}

static u64 read_credentials(void)
{
	return cssp_quota_total(CSSP_CREDENTIALS);
}

static u64 read_buffer_bytes(void)
{
	return cssp_quota_total(CSSP_BUFFER_BYTES);
}

static u64 read_established(void)
{
	return atomic64_read(&cssp_stats.established);
}

static u64 read_failed(void)
{
	return atomic64_read(&cssp_stats.failed);
}

static ssize_t show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct counter *c = container_of(attr, struct counter, attr);

	return sysfs_emit(buf, "%llu\n", c->read());
}

#define COUNTER(name, fn)					\
	static struct counter counter_##name = {		\
		.attr = __ATTR(name, 0400, show, NULL),		\
		.read = fn,					\
	}

COUNTER(contexts, read_contexts);
COUNTER(credentials, read_credentials);
COUNTER(buffer_bytes, read_buffer_bytes);
COUNTER(established, read_established);
COUNTER(failed, read_failed);
COUNTER(refused, cssp_quota_refused);

static struct attribute *counters[] = {
	&counter_contexts.attr.attr,
	&counter_credentials.attr.attr,
	&counter_buffer_bytes.attr.attr,
	&counter_established.attr.attr,
	&counter_failed.attr.attr,
	&counter_refused.attr.attr,
	NULL
};

static const struct attribute_group counters_group = { .attrs = counters };

const struct attribute_group *cssp_info_groups[] = { &counters_group, NULL };
