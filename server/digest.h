/* A 64-bit digest of numbers and bytes: quick, even, and no secret. */
#ifndef SERVER_DIGEST_H
#define SERVER_DIGEST_H

#include <corridor/base.h>

/* The finaliser of splitmix64 (Steele, Lea, Flood 2014) over a running sum. */
static inline uint64_t digest_mix(uint64_t digest, uint64_t value)
{
    uint64_t z = digest + value + UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Four digests side by side, since each step of one waits for the step before. */
static inline uint64_t digest_bytes(uint64_t digest, struct span bytes)
{
    size_t i = 0;
    digest = digest_mix(digest, bytes.len);
    if (bytes.len >= 4 * sizeof(uint64_t)) {
        uint64_t lanes[4] = {digest, digest ^ 1, digest ^ 2, digest ^ 3};
        for (; bytes.len - i >= sizeof(lanes); i += sizeof(lanes)) {
            uint64_t pieces[4];
            memcpy(pieces, bytes.at + i, sizeof(pieces));
            for (size_t lane = 0; lane < 4; lane++)
                lanes[lane] = digest_mix(lanes[lane], pieces[lane]);
        }
        digest = digest_mix(digest_mix(lanes[0], lanes[1]), digest_mix(lanes[2], lanes[3]));
    }
    for (; i < bytes.len; i += sizeof(uint64_t)) {
        size_t left = bytes.len - i;
        uint64_t piece = 0;
        memcpy(&piece, bytes.at + i, left < sizeof(piece) ? left : sizeof(piece));
        digest = digest_mix(digest, piece);
    }
    return digest;
}

#endif
