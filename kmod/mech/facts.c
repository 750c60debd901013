// SPDX-License-Identifier: GPL-2.0-only
/* The lines about KDCs and tickets that an exchange leaves for people */
#define pr_fmt(fmt) "credssp: " fmt

#include <linux/minmax.h>
#include <linux/printk.h>

#include "mech.h"

void cssp_mech_trace_move(struct cssp_vbuf *to, struct cssp_vbuf *from)
{
	size_t room = CREDSSP_HLP_MAX_TRACE - min_t(size_t, to->len, CREDSSP_HLP_MAX_TRACE);

	if (!to->len)
		cssp_vbuf_move(to, from);
	else if (from->len <= room && cssp_vbuf_append(to, from->data, from->len))
		pr_debug("no memory for the lines about KDCs\n");
	cssp_vbuf_free(from);
}
