// DoNumbered does the same thing for each number from 1 to `count`, on all
// cores, and shows how far it is.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace danegate {

// `work` is called from several threads and returns an error, or an empty text;
// after the first error no more are begun, and it is the result. `what` are
// they, in the plural: "tenants". Blocks.
std::string DoNumbered(std::size_t count, const std::string& what,
                       const std::function<std::string(std::size_t)>& work);

}  // namespace danegate
