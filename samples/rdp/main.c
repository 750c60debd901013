// SPDX-License-Identifier: GPL-2.0-only
/*
 * credssp_rdp: a sample consumer of credssp's in-kernel API.  It does in the kernel what an
 * RDP redirector does to connect: TCP, the negotiation of the security protocol, CredSSP,
 * and RDP's connection sequence (BCGR 1.3.1.1) as far as the server's licensing result.
 *
 *	modprobe configfs && mount -t configfs none /sys/kernel/config
 *	key=$(printf '\001alice\0\0secret' |
 *		keyctl padd logon credssp:TERMSRV/server.example.com @u)
 *	insmod credssp_rdp.ko
 *	cd /sys/kernel/config && mkdir credssp_rdp/one && cd credssp_rdp/one
 *	echo 192.0.2.1 >address
 *	echo server.example.com >server
 *	echo $key >key
 *	echo 1 >connect
 *	cat state outcome
 *
 * It uses include/linux/credssp.h and no other header of credssp.  Start reading with
 * rdp.h, then connection.c.  Documentation/samples.rst explains the protocol.
 */
#include <linux/module.h>
#include <linux/workqueue.h>

#include "rdp.h"

/*
 * So many connections can be in a step at a time; more of them wait.  A step sleeps on its
 * socket and so keeps a thread, but the CredSSP exchange needs none of them.
 */
#define RDP_MAX_STEPS	256

struct workqueue_struct *rdp_queue;

static int __init credssp_rdp_init(void)
{
	int ret;

	rdp_queue = alloc_workqueue("credssp_rdp", WQ_UNBOUND, RDP_MAX_STEPS);
	if (!rdp_queue)
		return -ENOMEM;
	ret = rdp_configfs_register();
	if (ret)
		destroy_workqueue(rdp_queue);
	return ret;
}

/* Each directory in configfs holds the module: there is no connection any more. */
static void __exit credssp_rdp_exit(void)
{
	rdp_configfs_unregister();
	destroy_workqueue(rdp_queue);
}

module_init(credssp_rdp_init);
module_exit(credssp_rdp_exit);

MODULE_DESCRIPTION("Sample consumer of credssp: the connection set-up of an RDP redirector");
MODULE_LICENSE("GPL");
