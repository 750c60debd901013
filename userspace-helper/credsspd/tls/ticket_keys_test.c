// SPDX-License-Identifier: GPL-2.0-only
/* The secret of session tickets is there when it is needed, and gone when it is old. */
#include <string.h>
#include "tests/test.h"
#include "ticket_keys.h"

int main(void)
{
	uint8_t a[TICKET_KEY_SIZE], b[TICKET_KEY_SIZE];
	gnutls_datum_t cert = { (unsigned char *)"cert", 4 };
	gnutls_datum_t longer = { (unsigned char *)"certs", 5 }, fresh;
	struct ticket_keys tk;

	/* GnuTLS takes keys of one size. */
	ENSURE(!gnutls_session_ticket_key_generate(&fresh) && fresh.size == TICKET_KEY_SIZE);
	gnutls_free(fresh.data);
	ticket_keys_init(&tk);
	ENSURE(ticket_keys_expire(&tk, 0) == -1);
	ENSURE(!ticket_keys_derive(&tk, 5, 1, &cert, a));
	ENSURE(!ticket_keys_derive(&tk, 6, 1, &cert, b));
	ENSURE(!memcmp(a, b, sizeof(a)));
	ENSURE(!ticket_keys_derive(&tk, 6, 2, &cert, b) && memcmp(a, b, sizeof(a)));
	ENSURE(!ticket_keys_derive(&tk, 6, 1, &longer, b) && memcmp(a, b, sizeof(a)));
	ENSURE(ticket_keys_expire(&tk, TICKET_SECRET_MS + 4) == 1);
	ENSURE(!ticket_keys_derive(&tk, TICKET_SECRET_MS + 4, 1, &cert, b));
	ENSURE(!memcmp(a, b, sizeof(a)));
	ENSURE(!ticket_keys_derive(&tk, TICKET_SECRET_MS + 5, 1, &cert, b));
	ENSURE(memcmp(a, b, sizeof(a)));
	ENSURE(ticket_keys_expire(&tk, 2 * TICKET_SECRET_MS + 5) == -1);
	for (size_t i = 0; i < sizeof(tk.secret); i++)
		ENSURE(!tk.secret[i]);
	ticket_keys_wipe(&tk);
	return 0;
}
