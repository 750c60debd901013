// SPDX-License-Identifier: GPL-2.0-only
/*
 * winpr.h against WinPR's own headers, by the compiler alone: check-abi.sh compiles this file
 * for each version that is installed. Both have SSPI's constants: enums keep the values of
 * WinPR's before winpr.h defines them again.
 */
#include <stddef.h>

#include <winpr/sspi.h>
#include <winpr/wtypes.h>

/* Constants of both headers, as WinPR has them */
enum {
	WINPR_CRED_INBOUND = SECPKG_CRED_INBOUND,
	WINPR_BUFFER_TOKEN = SECBUFFER_TOKEN,
	WINPR_BUFFER_BINDINGS = SECBUFFER_CHANNEL_BINDINGS,
	WINPR_BUFFER_PADDING = SECBUFFER_PADDING,
	WINPR_ATTR_SIZES = SECPKG_ATTR_SIZES,
	WINPR_ATTR_NAMES = SECPKG_ATTR_NAMES,
	WINPR_ATTR_LIFESPAN = SECPKG_ATTR_LIFESPAN,
	WINPR_ATTR_SESSION_KEY = SECPKG_ATTR_SESSION_KEY,
	WINPR_ATTR_PACKAGE_INFO = SECPKG_ATTR_PACKAGE_INFO,
	WINPR_ATTR_NEGOTIATION = SECPKG_ATTR_NEGOTIATION_INFO,
	WINPR_ATTR_NATIVE_NAMES = SECPKG_ATTR_NATIVE_NAMES,
	WINPR_ATTR_FLAGS = SECPKG_ATTR_FLAGS,
	WINPR_NATIVE_DREP = SECURITY_NATIVE_DREP,
	WINPR_ISC_ALLOCATE = ISC_REQ_ALLOCATE_MEMORY,
	WINPR_ISC_CONNECTION = ISC_REQ_CONNECTION,
	WINPR_ISC_EXTENDED_ERROR = ISC_REQ_EXTENDED_ERROR,
	WINPR_ISC_INTEGRITY = ISC_REQ_INTEGRITY,
	WINPR_ISC_MANUAL = ISC_REQ_MANUAL_CRED_VALIDATION,
	WINPR_ASC_ALLOCATE = ASC_REQ_ALLOCATE_MEMORY,
	WINPR_ASC_EXTENDED_ERROR = ASC_REQ_EXTENDED_ERROR,
	WINPR_ASC_INTEGRITY = ASC_REQ_INTEGRITY,
	WINPR_ASC_MISSING = ASC_REQ_ALLOW_MISSING_BINDINGS,
	WINPR_CONTINUE = SEC_I_CONTINUE_NEEDED,
};

enum {
	WINPR_DENIED = (int)SEC_E_LOGON_DENIED,
	WINPR_INVALID_HANDLE = (int)SEC_E_INVALID_HANDLE,
	WINPR_TOO_SMALL = (int)SEC_E_BUFFER_TOO_SMALL,
	WINPR_UNSUPPORTED = (int)SEC_E_UNSUPPORTED_FUNCTION,
};

#include "winpr.h"

#define SAME_VALUE(a, b)	_Static_assert((a) == (b), #a " and " #b)
#define SAME_SIZE(ours, theirs)						\
	_Static_assert(sizeof(ours) == sizeof(theirs), #ours " and " #theirs)
/* The same place and the same size */
#define SAME_MEMBER(ours, a, theirs, b)					\
	_Static_assert(offsetof(ours, a) == offsetof(theirs, b) &&	\
		       sizeof(((ours *)0)->a) == sizeof(((theirs *)0)->b),	\
		       #ours "." #a " and " #theirs "." #b)

SAME_VALUE(SECPKG_CRED_INBOUND, WINPR_CRED_INBOUND);
SAME_VALUE(SECBUFFER_TOKEN, WINPR_BUFFER_TOKEN);
SAME_VALUE(SECBUFFER_CHANNEL_BINDINGS, WINPR_BUFFER_BINDINGS);
SAME_VALUE(SECBUFFER_PADDING, WINPR_BUFFER_PADDING);
SAME_VALUE(SECPKG_ATTR_SIZES, WINPR_ATTR_SIZES);
SAME_VALUE(SECPKG_ATTR_NAMES, WINPR_ATTR_NAMES);
SAME_VALUE(SECPKG_ATTR_LIFESPAN, WINPR_ATTR_LIFESPAN);
SAME_VALUE(SECPKG_ATTR_SESSION_KEY, WINPR_ATTR_SESSION_KEY);
SAME_VALUE(SECPKG_ATTR_PACKAGE_INFO, WINPR_ATTR_PACKAGE_INFO);
SAME_VALUE(SECPKG_ATTR_NEGOTIATION_INFO, WINPR_ATTR_NEGOTIATION);
SAME_VALUE(SECPKG_ATTR_NATIVE_NAMES, WINPR_ATTR_NATIVE_NAMES);
SAME_VALUE(SECPKG_ATTR_FLAGS, WINPR_ATTR_FLAGS);
SAME_VALUE(SECURITY_NATIVE_DREP, WINPR_NATIVE_DREP);
SAME_VALUE(ISC_REQ_ALLOCATE_MEMORY, WINPR_ISC_ALLOCATE);
SAME_VALUE(ISC_REQ_CONNECTION, WINPR_ISC_CONNECTION);
SAME_VALUE(ISC_REQ_EXTENDED_ERROR, WINPR_ISC_EXTENDED_ERROR);
SAME_VALUE(ISC_REQ_INTEGRITY, WINPR_ISC_INTEGRITY);
SAME_VALUE(ISC_REQ_MANUAL_CRED_VALIDATION, WINPR_ISC_MANUAL);
SAME_VALUE(ASC_REQ_ALLOCATE_MEMORY, WINPR_ASC_ALLOCATE);
SAME_VALUE(ASC_REQ_EXTENDED_ERROR, WINPR_ASC_EXTENDED_ERROR);
SAME_VALUE(ASC_REQ_INTEGRITY, WINPR_ASC_INTEGRITY);
SAME_VALUE(ASC_REQ_ALLOW_MISSING_BINDINGS, WINPR_ASC_MISSING);
SAME_VALUE(SEC_I_CONTINUE_NEEDED, WINPR_CONTINUE);
SAME_VALUE((int)SEC_E_LOGON_DENIED, WINPR_DENIED);
SAME_VALUE((int)SEC_E_INVALID_HANDLE, WINPR_INVALID_HANDLE);
SAME_VALUE((int)SEC_E_BUFFER_TOO_SMALL, WINPR_TOO_SMALL);
SAME_VALUE((int)SEC_E_UNSUPPORTED_FUNCTION, WINPR_UNSUPPORTED);

/* Constants that only winpr.h has, under its own names */
SAME_VALUE(SSPI_IDENTITY_ANSI, SEC_WINNT_AUTH_IDENTITY_ANSI);
SAME_VALUE(SSPI_IDENTITY_UNICODE, SEC_WINNT_AUTH_IDENTITY_UNICODE);
SAME_VALUE(SSPI_CRED_ATTR_NAMES, SECPKG_CRED_ATTR_NAMES);
SAME_VALUE(SSPI_ATTR_AUTH_IDENTITY, SECPKG_ATTR_AUTH_IDENTITY);
SAME_VALUE(SSPI_REQ_USE_SESSION_KEY, ISC_REQ_USE_SESSION_KEY);
SAME_VALUE(SSPI_REQ_USE_SESSION_KEY, ASC_REQ_USE_SESSION_KEY);
SAME_VALUE(SSPI_ISC_REQ_IDENTIFY, ISC_REQ_IDENTIFY);
SAME_VALUE(SSPI_ISC_REQ_FRAGMENT_TO_FIT, ISC_REQ_FRAGMENT_TO_FIT);
SAME_VALUE(SSPI_ISC_REQ_USE_HTTP_STYLE, ISC_REQ_USE_HTTP_STYLE);
SAME_VALUE(SSPI_ASC_REQ_IDENTIFY, ASC_REQ_IDENTIFY);
SAME_VALUE(SSPI_ASC_REQ_ALLOW_NON_USER_LOGONS, ASC_REQ_ALLOW_NON_USER_LOGONS);
SAME_VALUE(SSPI_ASC_REQ_FRAGMENT_TO_FIT, ASC_REQ_FRAGMENT_TO_FIT);
SAME_VALUE(SSPI_ASC_REQ_PROXY_BINDINGS, ASC_REQ_PROXY_BINDINGS);

SAME_SIZE(int32_t, SECURITY_STATUS);
SAME_SIZE(uint32_t, ULONG);
SAME_SIZE(uint16_t, SEC_WCHAR);

SAME_SIZE(struct sspi_handle, CredHandle);
SAME_SIZE(struct sspi_handle, CtxtHandle);
SAME_MEMBER(struct sspi_handle, lower, SecHandle, dwLower);
SAME_MEMBER(struct sspi_handle, upper, SecHandle, dwUpper);

SAME_SIZE(struct sspi_buffer, SecBuffer);
SAME_MEMBER(struct sspi_buffer, length, SecBuffer, cbBuffer);
SAME_MEMBER(struct sspi_buffer, type, SecBuffer, BufferType);
SAME_MEMBER(struct sspi_buffer, data, SecBuffer, pvBuffer);
SAME_SIZE(struct sspi_buffer_desc, SecBufferDesc);
SAME_MEMBER(struct sspi_buffer_desc, version, SecBufferDesc, ulVersion);
SAME_MEMBER(struct sspi_buffer_desc, count, SecBufferDesc, cBuffers);
SAME_MEMBER(struct sspi_buffer_desc, buffers, SecBufferDesc, pBuffers);

SAME_SIZE(struct sspi_time, TimeStamp);
SAME_MEMBER(struct sspi_time, low, TimeStamp, LowPart);
SAME_MEMBER(struct sspi_time, high, TimeStamp, HighPart);

SAME_SIZE(struct sspi_package_info, SecPkgInfoA);
SAME_SIZE(struct sspi_package_info, SecPkgInfoW);
SAME_MEMBER(struct sspi_package_info, capabilities, SecPkgInfoA, fCapabilities);
SAME_MEMBER(struct sspi_package_info, version, SecPkgInfoA, wVersion);
SAME_MEMBER(struct sspi_package_info, rpc_id, SecPkgInfoA, wRPCID);
SAME_MEMBER(struct sspi_package_info, max_token, SecPkgInfoA, cbMaxToken);
SAME_MEMBER(struct sspi_package_info, name, SecPkgInfoA, Name);
SAME_MEMBER(struct sspi_package_info, comment, SecPkgInfoA, Comment);

SAME_SIZE(struct sspi_identity, SEC_WINNT_AUTH_IDENTITY_A);
SAME_SIZE(struct sspi_identity, SEC_WINNT_AUTH_IDENTITY_W);
SAME_MEMBER(struct sspi_identity, user, SEC_WINNT_AUTH_IDENTITY_W, User);
SAME_MEMBER(struct sspi_identity, user_length, SEC_WINNT_AUTH_IDENTITY_W, UserLength);
SAME_MEMBER(struct sspi_identity, domain, SEC_WINNT_AUTH_IDENTITY_W, Domain);
SAME_MEMBER(struct sspi_identity, domain_length, SEC_WINNT_AUTH_IDENTITY_W, DomainLength);
SAME_MEMBER(struct sspi_identity, password, SEC_WINNT_AUTH_IDENTITY_W, Password);
SAME_MEMBER(struct sspi_identity, password_length, SEC_WINNT_AUTH_IDENTITY_W, PasswordLength);
SAME_MEMBER(struct sspi_identity, flags, SEC_WINNT_AUTH_IDENTITY_W, Flags);

SAME_SIZE(struct credssp_channel_bindings, SEC_CHANNEL_BINDINGS);
SAME_MEMBER(struct credssp_channel_bindings, initiator_type, SEC_CHANNEL_BINDINGS,
	    dwInitiatorAddrType);
SAME_MEMBER(struct credssp_channel_bindings, acceptor_offset, SEC_CHANNEL_BINDINGS,
	    dwAcceptorOffset);
SAME_MEMBER(struct credssp_channel_bindings, application_length, SEC_CHANNEL_BINDINGS,
	    cbApplicationDataLength);
SAME_MEMBER(struct credssp_channel_bindings, application_offset, SEC_CHANNEL_BINDINGS,
	    dwApplicationDataOffset);

SAME_SIZE(struct credssp_sizes, SecPkgContext_Sizes);
SAME_MEMBER(struct credssp_sizes, max_token, SecPkgContext_Sizes, cbMaxToken);
SAME_MEMBER(struct credssp_sizes, max_signature, SecPkgContext_Sizes, cbMaxSignature);
SAME_MEMBER(struct credssp_sizes, block_size, SecPkgContext_Sizes, cbBlockSize);
SAME_MEMBER(struct credssp_sizes, security_trailer, SecPkgContext_Sizes, cbSecurityTrailer);
SAME_SIZE(struct credssp_flags, SecPkgContext_Flags);
SAME_SIZE(struct sspi_lifespan, SecPkgContext_Lifespan);
SAME_MEMBER(struct sspi_lifespan, expiry, SecPkgContext_Lifespan, tsExpiry);
SAME_SIZE(struct sspi_names, SecPkgCredentials_NamesA);
SAME_SIZE(struct sspi_session_key, SecPkgContext_SessionKey);
SAME_MEMBER(struct sspi_session_key, length, SecPkgContext_SessionKey, SessionKeyLength);
SAME_MEMBER(struct sspi_session_key, key, SecPkgContext_SessionKey, SessionKey);
SAME_SIZE(struct sspi_negotiation_info, SecPkgContext_NegotiationInfo);
SAME_MEMBER(struct sspi_negotiation_info, state, SecPkgContext_NegotiationInfo,
	    NegotiationState);
SAME_SIZE(struct sspi_auth_identity, SecPkgContext_AuthIdentity);
SAME_MEMBER(struct sspi_auth_identity, user, SecPkgContext_AuthIdentity, User);
SAME_MEMBER(struct sspi_auth_identity, domain, SecPkgContext_AuthIdentity, Domain);

SAME_MEMBER(struct sspi_table, version, SecurityFunctionTableA, dwVersion);
SAME_MEMBER(struct sspi_table, enumerate_packages, SecurityFunctionTableA,
	    EnumerateSecurityPackagesA);
SAME_MEMBER(struct sspi_table, query_cred, SecurityFunctionTableA,
	    QueryCredentialsAttributesA);
SAME_MEMBER(struct sspi_table, acquire, SecurityFunctionTableA, AcquireCredentialsHandleA);
SAME_MEMBER(struct sspi_table, free_cred, SecurityFunctionTableA, FreeCredentialsHandle);
SAME_MEMBER(struct sspi_table, initialize, SecurityFunctionTableA,
	    InitializeSecurityContextA);
SAME_MEMBER(struct sspi_table, initialize, SecurityFunctionTableW,
	    InitializeSecurityContextW);
SAME_MEMBER(struct sspi_table, accept, SecurityFunctionTableA, AcceptSecurityContext);
SAME_MEMBER(struct sspi_table, complete, SecurityFunctionTableA, CompleteAuthToken);
SAME_MEMBER(struct sspi_table, delete_context, SecurityFunctionTableA, DeleteSecurityContext);
SAME_MEMBER(struct sspi_table, apply_control_token, SecurityFunctionTableA, ApplyControlToken);
SAME_MEMBER(struct sspi_table, query, SecurityFunctionTableA, QueryContextAttributesA);
SAME_MEMBER(struct sspi_table, impersonate, SecurityFunctionTableA,
	    ImpersonateSecurityContext);
SAME_MEMBER(struct sspi_table, revert, SecurityFunctionTableA, RevertSecurityContext);
SAME_MEMBER(struct sspi_table, sign, SecurityFunctionTableA, MakeSignature);
SAME_MEMBER(struct sspi_table, verify, SecurityFunctionTableA, VerifySignature);
SAME_MEMBER(struct sspi_table, free_buffer, SecurityFunctionTableA, FreeContextBuffer);
SAME_MEMBER(struct sspi_table, query_package, SecurityFunctionTableA,
	    QuerySecurityPackageInfoA);
SAME_MEMBER(struct sspi_table, export_context, SecurityFunctionTableA, ExportSecurityContext);
SAME_MEMBER(struct sspi_table, import_context, SecurityFunctionTableA,
	    ImportSecurityContextA);
SAME_MEMBER(struct sspi_table, add_cred, SecurityFunctionTableA, AddCredentialsA);
SAME_MEMBER(struct sspi_table, query_token, SecurityFunctionTableA, QuerySecurityContextToken);
SAME_MEMBER(struct sspi_table, encrypt, SecurityFunctionTableA, EncryptMessage);
SAME_MEMBER(struct sspi_table, decrypt, SecurityFunctionTableA, DecryptMessage);
SAME_MEMBER(struct sspi_table, set_context, SecurityFunctionTableA, SetContextAttributesA);
SAME_MEMBER(struct sspi_table, set_context, SecurityFunctionTableW, SetContextAttributesW);

#ifdef SEC_WINNT_AUTH_IDENTITY_EXTENDED	/* WinPR 3 */
SAME_VALUE(SSPI_IDENTITY_EXTENDED, SEC_WINNT_AUTH_IDENTITY_EXTENDED);
SAME_VALUE(SSPI_IDENTITY_MARSHALLED, SEC_WINNT_AUTH_IDENTITY_MARSHALLED);
SAME_VALUE(SSPI_IDENTITY_VERSION, SEC_WINNT_AUTH_IDENTITY_VERSION);
SAME_VALUE(SSPI_IDENTITY_VERSION_2, SEC_WINNT_AUTH_IDENTITY_VERSION_2);
SAME_SIZE(struct sspi_table, SecurityFunctionTableA);
SAME_SIZE(struct sspi_table, SecurityFunctionTableW);
SAME_MEMBER(struct sspi_table, set_cred, SecurityFunctionTableA, SetCredentialsAttributesA);
SAME_SIZE(struct sspi_identity_ex, SEC_WINNT_AUTH_IDENTITY_EXA);
SAME_SIZE(struct sspi_identity_ex, SEC_WINNT_AUTH_IDENTITY_EXW);
SAME_MEMBER(struct sspi_identity_ex, version, SEC_WINNT_AUTH_IDENTITY_EXW, Version);
SAME_MEMBER(struct sspi_identity_ex, length, SEC_WINNT_AUTH_IDENTITY_EXW, Length);
SAME_MEMBER(struct sspi_identity_ex, user, SEC_WINNT_AUTH_IDENTITY_EXW, User);
SAME_MEMBER(struct sspi_identity_ex, domain_length, SEC_WINNT_AUTH_IDENTITY_EXW, DomainLength);
SAME_MEMBER(struct sspi_identity_ex, password, SEC_WINNT_AUTH_IDENTITY_EXW, Password);
SAME_MEMBER(struct sspi_identity_ex, password_length, SEC_WINNT_AUTH_IDENTITY_EXW,
	    PasswordLength);
SAME_MEMBER(struct sspi_identity_ex, flags, SEC_WINNT_AUTH_IDENTITY_EXW, Flags);
SAME_MEMBER(struct sspi_identity_ex, package_list, SEC_WINNT_AUTH_IDENTITY_EXW, PackageList);
SAME_MEMBER(struct sspi_identity_ex, package_list_length, SEC_WINNT_AUTH_IDENTITY_EXW,
	    PackageListLength);
SAME_SIZE(struct sspi_identity_winpr, SEC_WINNT_AUTH_IDENTITY_WINPR);
SAME_MEMBER(struct sspi_identity_winpr, ntlm, SEC_WINNT_AUTH_IDENTITY_WINPR, ntlmSettings);
SAME_MEMBER(struct sspi_identity_winpr, krb5, SEC_WINNT_AUTH_IDENTITY_WINPR,
	    kerberosSettings);
SAME_MEMBER(struct sspi_krb5_settings, kdc_url, SEC_WINPR_KERBEROS_SETTINGS, kdcUrl);
SAME_MEMBER(struct sspi_krb5_settings, keytab, SEC_WINPR_KERBEROS_SETTINGS, keytab);
SAME_MEMBER(struct sspi_krb5_settings, cache, SEC_WINPR_KERBEROS_SETTINGS, cache);
SAME_MEMBER(struct sspi_krb5_settings, armor_cache, SEC_WINPR_KERBEROS_SETTINGS, armorCache);
SAME_MEMBER(struct sspi_krb5_settings, pkinit_anchors, SEC_WINPR_KERBEROS_SETTINGS,
	    pkinitX509Anchors);
SAME_MEMBER(struct sspi_krb5_settings, pkinit_identity, SEC_WINPR_KERBEROS_SETTINGS,
	    pkinitX509Identity);
#endif
