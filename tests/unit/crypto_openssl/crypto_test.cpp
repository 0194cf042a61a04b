#include "crypto_openssl/crypto.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace efface::crypto_openssl {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string hex(std::string_view text) {
  return base::to_hex(sha256(bytes_of(text)));
}

TEST(Sha256, GivesTheExamplesOfFips180) {
  EXPECT_EQ(hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hex(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnHowTheInputIsCut) {
  const std::string text(1000, 'x');
  for (const std::size_t step : {1U, 7U, 63U, 64U, 65U, 999U}) {
    Sha256 hash;
    for (std::size_t i = 0; i < text.size(); i += step) {
      hash.update(bytes_of(std::string_view(text).substr(i, step)));
      hash.update({});
    }
    EXPECT_EQ(hash.finish(), sha256(bytes_of(text))) << step;
  }
}

TEST(Sha256, StartsAnewAfterFinishAndCanBeMoved) {
  Sha256 hash;
  hash.update(bytes_of("something else"));
  hash.finish();
  hash.update(bytes_of("ab"));
  Sha256 moved = std::move(hash);
  moved.update(bytes_of("c"));
  EXPECT_EQ(moved.finish(), sha256(bytes_of("abc")));
  EXPECT_EQ(moved.finish(), sha256({}));
}

base::Digest key_of(std::string_view text) {
  base::Digest key;  // a short key is padded with zeros, as RFC 2104 pads it
  for (std::size_t i = 0; i < text.size(); ++i) key.bytes[i] = static_cast<std::uint8_t>(text[i]);
  return key;
}

// The test cases of RFC 4231 hold no zero byte in their data, and hmac_sha256 always puts one after
// the domain; so these values come from Python's hmac module, with RFC 4231's keys and data.
TEST(Hmac, AgreesWithAnotherImplementation) {
  EXPECT_EQ(base::to_hex(hmac_sha256(key_of("Jefe"), "what do ya want ", "for nothing?")),
            "ffe25383ff65e17b031aae1ed14b029719169dfa3038c1fed547997cb5204b27");
  EXPECT_EQ(base::to_hex(hmac_sha256(key_of(std::string(20, '\x0b')), "Hi There", "")),
            "f67dd14688b85b4183637af0166514ef2350e0053a10255bd67ca6ad88bf9aec");
  EXPECT_EQ(base::to_hex(hmac_sha256(key_of(std::string(20, '\xaa')), "", std::string(50, '\xdd'))),
            "26f20674ceb2087fb869a1e5a3f7d9f5c318146e3b54957381bc068cb27a7109");
}

TEST(Hmac, KeepsDomainsKeysAndValuesApart) {
  const base::Digest one = key_of("one");
  const base::Digest two = key_of("two");
  EXPECT_NE(hmac_sha256(one, "uid", "1.2"), hmac_sha256(two, "uid", "1.2"));
  EXPECT_NE(hmac_sha256(one, "uid", "1.2"), hmac_sha256(one, "name", "1.2"));
  EXPECT_NE(hmac_sha256(one, "ab", "c"), hmac_sha256(one, "a", "bc"));
  EXPECT_EQ(hmac_sha256(one, "uid", "1.2"), hmac_sha256(one, "uid", "1.2"));
}

TEST(Hmac, FollowsTheKeyWhenItChangesFromCallToCall) {
  const base::Digest one = key_of("one");
  const base::Digest two = key_of("two");
  const base::Digest of_one = hmac_sha256(one, "d", "v");
  const base::Digest of_two = hmac_sha256(two, "d", "v");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(hmac_sha256(one, "d", "v"), of_one);
    EXPECT_EQ(hmac_sha256(two, "d", "v"), of_two);
  }
}

TEST(Crypto, GivesTheSameInEveryThread) {
  const base::Digest key = key_of("a key");
  std::vector<base::Digest> expected;
  for (int i = 0; i < 64; ++i) expected.push_back(hmac_sha256(key, "d", std::to_string(i)));
  const base::Digest digest = sha256(bytes_of("abc"));
  std::atomic<int> wrong = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 2000; ++i) {
        const auto n = static_cast<std::size_t>((i * 7 + t) % 64);
        if (hmac_sha256(key, "d", std::to_string(n)) != expected[n]) ++wrong;
        if (sha256(bytes_of("abc")) != digest) ++wrong;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(wrong, 0);
}

TEST(RandomKey, IsNeverTheSameTwice) {
  const base::Digest one = random_key();
  EXPECT_NE(one, random_key());
  EXPECT_NE(one, base::Digest{});
}

TEST(LibraryVersion, IsANumber) {
  EXPECT_EQ(std::string(library_version()).substr(0, 2), "3.");
}

}  // namespace
}  // namespace efface::crypto_openssl
