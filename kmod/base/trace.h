/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints. They record numbers: no secret, and no string of a peer, except for the account
 * of a verdict, which is escaped.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM credssp

#if !defined(CSSP_BASE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define CSSP_BASE_TRACE_H

#include <linux/string.h>
#include <linux/tracepoint.h>
#include <uapi/linux/credssp.h>

/* An exchange failed: enum credssp_leg, enum credssp_reason, negative errno. */
TRACE_EVENT(cssp_reject,
	    TP_PROTO(u64 context, u32 leg, u32 reason, int err),
	    TP_ARGS(context, leg, reason, err),
	    TP_STRUCT__entry(__field(u64, context)
			     __field(u32, leg)
			     __field(u32, reason)
			     __field(int, err)),
	    TP_fast_assign(__entry->context = context;
			   __entry->leg = leg;
			   __entry->reason = reason;
			   __entry->err = err;),
	    TP_printk("context=%llu leg=%u reason=%u err=%d",
		      __entry->context, __entry->leg, __entry->reason, __entry->err)
);

/* An exchange advanced from one enum credssp_leg to another. */
TRACE_EVENT(cssp_leg,
	    TP_PROTO(u64 context, u32 from, u32 to),
	    TP_ARGS(context, from, to),
	    TP_STRUCT__entry(__field(u64, context)
			     __field(u32, from)
			     __field(u32, to)),
	    TP_fast_assign(__entry->context = context;
			   __entry->from = from;
			   __entry->to = to;),
	    TP_printk("context=%llu from=%u to=%u",
		      __entry->context, __entry->from, __entry->to)
);

/* A request to the helper completed: enum credssp_hlp_opcode, id, 0 or negative errno. */
TRACE_EVENT(cssp_upcall,
	    TP_PROTO(u16 opcode, u64 id, int result),
	    TP_ARGS(opcode, id, result),
	    TP_STRUCT__entry(__field(u64, id)
			     __field(int, result)
			     __field(u16, opcode)),
	    TP_fast_assign(__entry->id = id;
			   __entry->result = result;
			   __entry->opcode = opcode;),
	    TP_printk("opcode=%u id=%llu result=%d",
		      __entry->opcode, __entry->id, __entry->result)
);

/*
 * An acceptor's exchange is over. @netns: inode number of its network namespace; @peer and
 * @account: as in the log, core/verdict.h.
 */
TRACE_EVENT(cssp_verdict,
	    TP_PROTO(u64 context, u32 netns, const struct credssp_verdict *v, const char *peer,
		     const char *account),
	    TP_ARGS(context, netns, v, peer, account),
	    TP_STRUCT__entry(__field(u64, context)
			     __field(u32, netns)
			     __field(s32, status)
			     __field(u32, ntstatus)
			     __field(u32, leg)
			     __field(u32, reason)
			     __field(u32, version)
			     __field(u32, mech)
			     __field(u32, delegated)
			     __field(u16, port)
			     __dynamic_array(char, peer, strlen(peer) + 1)
			     __dynamic_array(char, account, strlen(account) + 1)),
	    TP_fast_assign(__entry->context = context;
			   __entry->netns = netns;
			   __entry->status = v->status;
			   __entry->ntstatus = v->ntstatus;
			   __entry->leg = v->leg;
			   __entry->reason = v->reason;
			   __entry->version = v->version;
			   __entry->mech = v->mech;
			   __entry->delegated = v->delegated;
			   __entry->port = v->port;
			   memcpy(__get_dynamic_array(peer), peer, strlen(peer) + 1);
			   memcpy(__get_dynamic_array(account), account, strlen(account) + 1);),
	    TP_printk("context=%llu netns=%u peer=%s port=%u status=0x%08x reason=%u leg=%u mech=%u version=%u ntstatus=0x%08x delegated=%u account=%s",
		      __entry->context, __entry->netns, __get_str(peer), __entry->port,
		      __entry->status, __entry->reason, __entry->leg, __entry->mech,
		      __entry->version, __entry->ntstatus, __entry->delegated,
		      __get_str(account))
);

#endif

/* <trace/define_trace.h> finds this file through trace.o's own -I, see Kbuild. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
