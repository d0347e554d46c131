"""Settings that every test shares."""

from hypothesis import settings

# The same examples in every run, so that a failure is a fact about the change and not about the day; and no
# deadline, since a slow machine is no fault of the code.
settings.register_profile("grade", derandomize=True, deadline=None, print_blob=False)
settings.load_profile("grade")
