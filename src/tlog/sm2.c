/*
 * SM2 through OpenSSL's EVP. The one idea: the key is built from its raw numbers for each call,
 * so that nothing of OpenSSL's is kept; SM2 is used for a line a second, not for speed.
 */
#include "tlog/sm2.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <string.h>

static void pkey_freep(EVP_PKEY **p)
{
    EVP_PKEY_free(*p);
}

static void pctx_freep(EVP_PKEY_CTX **p)
{
    EVP_PKEY_CTX_free(*p);
}

static void mdctx_freep(EVP_MD_CTX **p)
{
    EVP_MD_CTX_free(*p);
}

static void bn_freep(BIGNUM **p)
{
    BN_clear_free(*p);
}

static void bld_freep(OSSL_PARAM_BLD **p)
{
    OSSL_PARAM_BLD_free(*p);
}

static void params_freep(OSSL_PARAM **p)
{
    OSSL_PARAM_free(*p);
}

static void ecdsa_sig_freep(ECDSA_SIG **p)
{
    ECDSA_SIG_free(*p);
}

/* secret may be NULL. NULL when the point is not on the curve. */
static EVP_PKEY *key_make(const uint8_t *secret, const uint8_t point[SM2_POINT])
{
    CLEANUP(bld_freep) OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
    CLEANUP(bn_freep) BIGNUM *d = secret != NULL ? BN_bin2bn(secret, SM2_SECRET, NULL) : NULL;
    CLEANUP(pctx_freep) EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    EVP_PKEY *key = NULL;

    if (b == NULL || c == NULL || (secret != NULL && d == NULL) ||
        !OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0) ||
        !OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, point, SM2_POINT) ||
        (d != NULL && !OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, d)))
        return NULL;
    CLEANUP(params_freep) OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(b);
    if (params == NULL || EVP_PKEY_fromdata_init(c) <= 0 ||
        EVP_PKEY_fromdata(c, &key, secret != NULL ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                          params) <= 0)
        return NULL;
    return key;
}

/* A digest context ready for sign or verify, with the identifier set. The EVP_PKEY_CTX goes
 * with *ret_p. */
static EVP_MD_CTX *context_make(EVP_PKEY *key, const char *id, bool sign, EVP_PKEY_CTX **ret_p)
{
    EVP_MD_CTX *m = EVP_MD_CTX_new();
    EVP_PKEY_CTX *p = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

    *ret_p = p;
    if (m == NULL || p == NULL || EVP_PKEY_CTX_set1_id(p, id, (int)strlen(id)) <= 0) {
        EVP_MD_CTX_free(m);
        return NULL;
    }
    EVP_MD_CTX_set_pkey_ctx(m, p);
    if ((sign ? EVP_DigestSignInit_ex(m, NULL, "SM3", NULL, NULL, key, NULL)
              : EVP_DigestVerifyInit_ex(m, NULL, "SM3", NULL, NULL, key, NULL)) <= 0) {
        EVP_MD_CTX_free(m);
        return NULL;
    }
    return m;
}

bool sm2_verify(const uint8_t point[SM2_POINT], const char *id, struct bytes message,
                struct bytes der)
{
    if (id == NULL || id[0] == '\0' || point[0] != 0x04)
        return false;
    CLEANUP(pkey_freep) EVP_PKEY *key = key_make(NULL, point);
    if (key == NULL)
        return false;
    CLEANUP(pctx_freep) EVP_PKEY_CTX *p = NULL;
    CLEANUP(mdctx_freep) EVP_MD_CTX *m = context_make(key, id, /* sign= */ false, &p);
    return m != NULL && EVP_DigestVerify(m, der.p, der.n, message.p, message.n) == 1;
}

enum rc sm2_sign(const uint8_t secret[SM2_SECRET], const uint8_t point[SM2_POINT],
                 const char *id, struct bytes message, uint8_t der[SM2_DER_MAX], size_t *ret_n,
                 struct err *e)
{
    size_t n = SM2_DER_MAX;

    if (id == NULL || id[0] == '\0')
        return err_set(e, RC_INVALID, N_("SM2 签名必须给出签名者标识"));
    CLEANUP(pkey_freep) EVP_PKEY *key = key_make(secret, point);
    if (key == NULL)
        return err_set(e, RC_INVALID, N_("SM2 密钥无效"));
    CLEANUP(pctx_freep) EVP_PKEY_CTX *p = NULL;
    CLEANUP(mdctx_freep) EVP_MD_CTX *m = context_make(key, id, /* sign= */ true, &p);
    if (m == NULL || EVP_DigestSign(m, der, &n, message.p, message.n) <= 0)
        return err_set(e, RC_INVALID, N_("SM2 签名失败"));
    *ret_n = n;
    return RC_OK;
}

enum rc sm2_generate(uint8_t secret[SM2_SECRET], uint8_t point[SM2_POINT], struct err *e)
{
    CLEANUP(pkey_freep) EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
    CLEANUP(bn_freep) BIGNUM *d = NULL;
    size_t n = 0;

    if (key == NULL || !EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &d) ||
        BN_bn2binpad(d, secret, SM2_SECRET) != SM2_SECRET ||
        !EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, SM2_POINT, &n) ||
        n != SM2_POINT)
        return err_set(e, RC_INVALID, N_("不能生成 SM2 密钥"));
    return RC_OK;
}

bool sm2_raw_to_der(const uint8_t raw[SM2_RAW], uint8_t der[SM2_DER_MAX], size_t *ret_n)
{
    CLEANUP(ecdsa_sig_freep) ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, 32, NULL), *s = BN_bin2bn(raw + 32, 32, NULL);

    if (sig == NULL || r == NULL || s == NULL || !ECDSA_SIG_set0(sig, r, s)) {
        BN_free(r);
        BN_free(s);
        return false;
    }
    uint8_t *out = der;
    int n = i2d_ECDSA_SIG(sig, NULL);
    if (n <= 0 || n > SM2_DER_MAX || i2d_ECDSA_SIG(sig, &out) != n)
        return false;
    *ret_n = (size_t)n;
    return true;
}
