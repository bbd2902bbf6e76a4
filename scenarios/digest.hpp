#pragma once
// SHA-256 of texts and files, as 64 hexadecimal digits (FIPS 180-4, computed by OpenSSL).
#include <filesystem>
#include <string>
#include <string_view>

namespace kypho {

std::string sha256_of(std::string_view bytes);
/// @throws InputError if the file cannot be read
std::string sha256_of_file(const std::filesystem::path& file);

} // namespace kypho
