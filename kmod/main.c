// SPDX-License-Identifier: GPL-2.0-only
/* Module entry and exit: the device appears last and goes first. */
#include <linux/module.h>

#include "api/authenticate_async.h"
#include "core/context.h"
#include "crypto/hash.h"
#include "dev/chardev.h"
#include "policy/policy_net.h"
#include "tls/channel.h"
#include "upcall/conv.h"

static int __init credssp_module_init(void)
{
	int ret;

	ret = cssp_policy_net_init();
	if (ret)
		return ret;
	ret = cssp_tls_init();
	if (ret)
		goto err_policy;
	ret = cssp_upcall_init();
	if (ret)
		goto err_tls;
	ret = cssp_context_init();
	if (ret)
		goto err_upcall;
	ret = cssp_context_expire_init();
	if (ret)
		goto err_context;
	ret = cssp_authenticate_async_init();
	if (ret)
		goto err_expire;
	ret = cssp_chardev_init();
	if (ret)
		goto err_async;
	return 0;

err_async:
	cssp_authenticate_async_exit();
err_expire:
	cssp_context_expire_exit();
err_context:
	cssp_context_exit();
err_upcall:
	cssp_upcall_exit();
err_tls:
	cssp_tls_exit();
err_policy:
	cssp_policy_net_exit();
	return ret;
}

static void __exit credssp_module_exit(void)
{
	cssp_chardev_exit();
	cssp_authenticate_async_exit();
	cssp_context_expire_exit();
	cssp_context_exit();
	cssp_upcall_exit();
	cssp_tls_exit();
	cssp_policy_net_exit();
	cssp_hash_exit();
	rcu_barrier();
}

module_init(credssp_module_init);
module_exit(credssp_module_exit);

MODULE_DESCRIPTION("CredSSP security contexts");
MODULE_AUTHOR("The credssp authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(CSSP_VERSION);
MODULE_SOFTDEP("pre: tls");
