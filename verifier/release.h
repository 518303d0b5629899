// Release gives the memory of a vector or string back. Assigning an empty one
// does not: "= {}" picks the assignment of an initializer list, and a moved-in
// short string is copied; both keep the capacity.
#pragma once

namespace danegate {

template <typename Container>
void Release(Container& container) {
  Container().swap(container);
}

}  // namespace danegate
