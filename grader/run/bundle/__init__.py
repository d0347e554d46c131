"""A zip that a platform runs the grader from: the spec, two scripts, and wheels of everything it needs."""

from grader.run.bundle.gradescope import Bundle, bundle
from grader.run.bundle.wheels import BundleError

__all__ = ["Bundle", "BundleError", "bundle"]
