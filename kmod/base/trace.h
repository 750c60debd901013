/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints. They record numbers only: no secret, and no string of a peer.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM credssp

#if !defined(CSSP_BASE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define CSSP_BASE_TRACE_H

#include <linux/tracepoint.h>

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

#endif

/* <trace/define_trace.h> finds this file through trace.o's own -I, see Kbuild. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
