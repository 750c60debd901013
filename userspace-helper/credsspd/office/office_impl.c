// SPDX-License-Identifier: GPL-2.0-only
/* What the daemon and the ticket office both know of an exchange. */
#include <string.h>
#include "engine/conversations.h"
#include "office_impl.h"

struct office_patience office_patience = {
	.init = CONVERSATION_IDLE_MS, .step = 10000, .leave = 2000, .relay = 3000,
};

bool office_goes_on(const struct credssp_hlp_header *reply, size_t length)
{
	struct credssp_hlp_krb5_reply r;

	if ((reply->opcode != CREDSSP_HLP_KRB5_INIT && reply->opcode != CREDSSP_HLP_KRB5_TGT) ||
	    reply->error ||
	    length < sizeof(*reply) + sizeof(r))
		return false;
	memcpy(&r, reply + 1, sizeof(r));
	return r.state == CREDSSP_HLP_KRB5_CONTINUE;
}
