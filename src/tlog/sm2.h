/*
 * SM2 signatures over SM3 (GB/T 32918.2). The signer's identifier is part of what is signed: it
 * is never defaulted here, because a signature made without one verifies nowhere else.
 * Signatures are DER and random: signing twice differs.
 */
#ifndef TLOG_SM2_H
#define TLOG_SM2_H

#include "base/arena.h"
#include "base/kinds.h"

enum { SM2_POINT = 65, SM2_SECRET = 32, SM2_DER_MAX = 72, SM2_RAW = 64 };
#define SM2_NOTE_ID "1234567812345678" /* the identifier signed notes use: GM/T 0009 */

/* A missing or empty id, a point off the curve, a wrong signature: false. point is
 * uncompressed. */
bool sm2_verify(const uint8_t point[SM2_POINT], const char *id, struct bytes message,
                struct bytes der);
enum rc sm2_sign(const uint8_t secret[SM2_SECRET], const uint8_t point[SM2_POINT],
                 const char *id, struct bytes message, uint8_t der[SM2_DER_MAX], size_t *ret_n,
                 struct err *e) MUST_USE;
enum rc sm2_generate(uint8_t secret[SM2_SECRET], uint8_t point[SM2_POINT],
                     struct err *e) MUST_USE;
/* Devices often give r and s as 32 bytes each. */
bool sm2_raw_to_der(const uint8_t raw[SM2_RAW], uint8_t der[SM2_DER_MAX], size_t *ret_n);

#endif
