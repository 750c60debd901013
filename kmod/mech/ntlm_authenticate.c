// SPDX-License-Identifier: GPL-2.0-only
/*
 * The checks of AUTHENTICATE before its proof, MS-NLMP 3.2.5.1.2: NTLMv2 with a MIC and the
 * flags of the CHALLENGE, for the target information of the CHALLENGE.
 */
#include "ntlm_authenticate.h"

#include <crypto/algapi.h>
#include <linux/kernel.h>

#include "../base/status.h"
#include "../wire/utf16.h"
#include "ntlm_session.h"

/*
 * The CHALLENGE never offers these flags, and each of them stands for another kind of
 * session. Others that it does not offer say nothing (TARGET_TYPE, OEM_WORKSTATION_SUPPLIED,
 * with UNICODE also OEM), and peers send them.
 */
#define FOREIGN_FLAGS	(CSSP_NTLM_DATAGRAM | CSSP_NTLM_LM_KEY | CSSP_NTLM_ANONYMOUS |	\
			 CSSP_NTLM_IDENTIFY | CSSP_NTLM_NON_NT_SESSION_KEY)

/* AV pairs that servers send and clients repeat unchanged */
#define SERVER_PAIRS	(CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_NB_COMPUTER) |		\
			 CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_NB_DOMAIN) |		\
			 CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_DNS_COMPUTER) |		\
			 CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_DNS_DOMAIN) |		\
			 CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_DNS_TREE) |		\
			 CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_TIMESTAMP))

static int authenticate_refuse(struct cssp_ntlm_finding *f, u32 reason, u32 ntstatus, int err)
{
	f->reason = reason;
	f->ntstatus = ntstatus;
	return err;
}

static int authenticate_weak(struct cssp_ntlm_finding *f)
{
	return authenticate_refuse(f, CREDSSP_REASON_MECH_WEAK, 0, CSSP_E_WEAK);
}

/* An anonymous logon has a session key that all know: sixteen zeros. */
static int authenticate_check_user(const struct cssp_ntlm_authenticate *msg,
				   struct cssp_ntlm_finding *f)
{
	if (!msg->user.left || msg->flags & CSSP_NTLM_ANONYMOUS)
		return authenticate_refuse(f, CREDSSP_REASON_LOGON, CSSP_NTLM_LOGON_FAILURE,
					   CSSP_E_LOGON_DENIED);
	return 0;
}

/* After the strength, because names without UNICODE are in another form. */
static int authenticate_check_names(const struct cssp_ntlm_authenticate *msg)
{
	int ret = cssp_utf16_check(&msg->user);

	return ret ?: cssp_utf16_check(&msg->domain);
}

/* Nothing but NTLMv2 with a MIC. An LM response is never looked at, whatever it is. */
static int authenticate_check_strength(const struct cssp_ntlm_authenticate *msg, u32 needed,
				       struct cssp_ntlm_finding *f)
{
	if ((msg->flags & needed) != needed || msg->flags & FOREIGN_FLAGS)
		return authenticate_weak(f);
	if (!msg->nt.left || msg->nt.left == CSSP_NTLM_V1_SIZE || !msg->mic.left)
		return authenticate_weak(f);
	return msg->nt.left > CREDSSP_HLP_MAX_NTLM_RESPONSE ? CSSP_E_TOO_BIG : 0;
}

bool cssp_ntlm_authenticate_has_key(const struct cssp_ntlm_authenticate *msg, u32 flags)
{
	if (!(flags & CSSP_NTLM_KEY_EXCH))
		return false;
	return flags & (CSSP_NTLM_SIGN | CSSP_NTLM_SEAL) ||
	       msg->enc_key.left == CSSP_NTLM_KEY_SIZE;
}

static int authenticate_check_key(const struct cssp_ntlm_authenticate *msg, u32 offered)
{
	if (!cssp_ntlm_authenticate_has_key(msg, msg->flags & offered))
		return 0;
	return msg->enc_key.left == CSSP_NTLM_KEY_SIZE ? 0 : CSSP_E_MALFORMED;
}

static bool authenticate_same(const struct cssp_rd *a, const struct cssp_rd *b)
{
	return cssp_rd_equal(a, b->p, b->left);
}

/*
 * A response for another server, or one whose CHALLENGE was changed on the way, has other
 * pairs. The initiator's own pairs are not looked at here.
 */
static int authenticate_check_info(const struct cssp_ntlm_av *sent,
				   const struct cssp_ntlm_av *got)
{
	if ((sent->present ^ got->present) & SERVER_PAIRS || sent->timestamp != got->timestamp)
		return CSSP_E_MALFORMED;
	if (!authenticate_same(&got->nb_computer, &sent->nb_computer) ||
	    !authenticate_same(&got->nb_domain, &sent->nb_domain) ||
	    !authenticate_same(&got->dns_computer, &sent->dns_computer) ||
	    !authenticate_same(&got->dns_domain, &sent->dns_domain) ||
	    !authenticate_same(&got->dns_tree, &sent->dns_tree))
		return CSSP_E_MALFORMED;
	return 0;
}

/* Zeros say that the initiator has none (MS-NLMP 2.2.2.1). */
static bool authenticate_has_bindings(const struct cssp_ntlm_av *got)
{
	static const u8 none[CSSP_NTLM_BINDINGS_SIZE];

	return got->present & CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_BINDINGS) &&
	       !cssp_rd_equal(&got->bindings, none, sizeof(none));
}

static_assert(CSSP_NTLM_BINDINGS_SIZE == CSSP_BINDINGS_SIZE);

static int authenticate_check_bindings(const struct cssp_ntlm_demand *demand,
				       const struct cssp_ntlm_av *got,
				       struct cssp_ntlm_finding *f)
{
	bool sent = authenticate_has_bindings(got);

	if (!demand->bindings || (!sent && demand->missing_bindings))
		return 0;
	/* The length is that of the pair, which cssp_ntlm_av_parse() has checked. */
	if (!sent || crypto_memneq(got->bindings.p, demand->bindings, CSSP_BINDINGS_SIZE))
		return authenticate_refuse(f, CREDSSP_REASON_BINDING, CSSP_NTLM_BAD_BINDINGS,
					   CSSP_E_BINDINGS);
	f->bound = true;
	return 0;
}

/* The AV pairs of an NTLMv2 response. A pair that occurs twice is an error. */
static int authenticate_get_pairs(const struct cssp_rd *nt, struct cssp_ntlm_av *av)
{
	struct cssp_ntlm_v2 v2;
	int ret;

	ret = cssp_ntlm_v2_decode(nt, &v2);
	if (ret)
		return ret;
	return cssp_ntlm_av_parse(&v2.av, av);
}

int cssp_ntlm_authenticate_check(const struct cssp_ntlm_authenticate *msg,
				 const struct cssp_ntlm_demand *demand,
				 struct cssp_ntlm_finding *finding)
{
	struct cssp_rd info = demand->sent.target_info;
	struct cssp_ntlm_av sent, got;
	int ret;

	ret = authenticate_check_user(msg, finding);
	if (ret)
		return ret;
	ret = authenticate_check_strength(msg, demand->flags, finding);
	if (ret)
		return ret;
	ret = authenticate_check_names(msg);
	if (ret)
		return ret;
	ret = authenticate_check_key(msg, demand->sent.flags);
	if (ret)
		return ret;
	ret = cssp_ntlm_av_parse(&info, &sent);
	if (ret)
		return ret;
	ret = authenticate_get_pairs(&msg->nt, &got);
	if (ret)
		return ret;
	ret = authenticate_check_info(&sent, &got);
	if (ret)
		return ret;
	return authenticate_check_bindings(demand, &got, finding);
}
