// SPDX-License-Identifier: GPL-2.0-only
/*
 * credssp_smb: a sample consumer of credssp's in-kernel API.  It does in the kernel what an
 * SMB redirector does to connect: TCP, NEGOTIATE, SESSION_SETUP by Kerberos or NTLM,
 * TREE_CONNECT, and a signed ECHO.
 *
 *	modprobe configfs && mount -t configfs none /sys/kernel/config
 *	key=$(printf '\001alice\0\0secret' |
 *		keyctl padd logon credssp:cifs/server.example.com @u)
 *	insmod credssp_smb.ko
 *	cd /sys/kernel/config && mkdir credssp_smb/one && cd credssp_smb/one
 *	echo 192.0.2.1 >address
 *	echo server.example.com >server
 *	echo public >share
 *	echo $key >key
 *	echo 1 >connect
 *	cat state outcome
 *
 * It uses include/linux/credssp.h and no other header of credssp.  Start reading with
 * smb.h, then connection.c.  Documentation/samples.rst explains the protocol.
 */
#include <linux/module.h>
#include <linux/workqueue.h>

#include "smb.h"

/*
 * So many connections can be in a step at a time; more of them wait.  A step sleeps on its
 * socket, or for the helper, and so keeps a thread.
 */
#define SMB_MAX_STEPS	256

struct workqueue_struct *smb_queue;

static int __init credssp_smb_init(void)
{
	int ret;

	smb_queue = alloc_workqueue("credssp_smb", WQ_UNBOUND, SMB_MAX_STEPS);
	if (!smb_queue)
		return -ENOMEM;
	ret = smb_configfs_register();
	if (ret)
		destroy_workqueue(smb_queue);
	return ret;
}

/* Each directory in configfs holds the module: there is no connection any more. */
static void __exit credssp_smb_exit(void)
{
	smb_configfs_unregister();
	destroy_workqueue(smb_queue);
}

module_init(credssp_smb_init);
module_exit(credssp_smb_exit);

MODULE_DESCRIPTION("Sample consumer of credssp: the connection set-up of an SMB redirector");
MODULE_LICENSE("GPL");
