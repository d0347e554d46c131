"""Ten problems with random numbers, and how each is worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from tests.simulation.hand import Hand

    Array = NDArray[np.float64]
    Random = np.random.Generator
    Values = dict[str, Array]

SETS = ("everything", "backward", "gradients", "new", "forward and new")


@dataclass(frozen=True, slots=True)
class Network:
    """A kind of problem.

    Args:
        name: for tables.
        draw: random values for the givens.
        text: the problem in YAML with these values, without its questions.
        work: works everything out with a hand.
        forward, backward, gradients, new: the quantities that can be asked.
        least: the decimals that leave something of every number; Adam divides gradients by their size, and
            nothing is left of one that was rounded to 0.
    """

    name: str
    draw: Callable[[Random], Values]
    text: Callable[[Values], str]
    work: Callable[[Values, Hand], None]
    forward: tuple[str, ...]
    backward: tuple[str, ...]
    gradients: tuple[str, ...]
    new: tuple[str, ...]
    least: int = 2

    def asked(self, which: str) -> tuple[str, ...]:
        """The quantities of one set."""
        return {
            "everything": self.forward + self.backward + self.gradients + self.new,
            "backward": self.backward + self.gradients,
            "gradients": self.gradients,
            "new": self.new,
            "forward and new": self.forward + self.new,
        }[which]

    def spec(self, values: Values, asked: Iterable[str]) -> str:
        """The assignment in YAML that asks for some quantities."""
        questions = "".join(f'      - "{q}"\n' for q in asked)
        return f"problems:\n  - id: q\n{self.text(values)}    questions:\n{questions}"


def two_decimals(random: Random, *shape: int) -> Array:
    """Numbers as in textbooks: two decimals, 0.11 to 0.98, either sign."""
    sizes = np.round(random.uniform(0.11, 0.98, shape), 2)
    return np.asarray(sizes * random.choice([-1.0, 1.0], shape))


def show(value: Array) -> str:
    """A given in YAML."""
    rows = value.tolist()
    if value.shape == (1, 1):
        return repr(rows[0][0])
    return repr([r[0] for r in rows] if value.shape[1] == 1 else rows)


def sigmoid(z: Array) -> Array:
    """1/(1 + e^-z)."""
    return np.asarray(np.reciprocal(1 + np.exp(-z)), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Layers:
    """A layered network, worked out by hand.

    Args:
        sizes: of the inputs and of every layer.
        activations: one a layer.
        loss: as specs call it.
        batch: examples, in columns.
        l2: the factor in front of the squared weights.
        optimizer: sgd, momentum or adam.
        steps: training steps that are worked out.
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    batch: int = 1
    l2: float = 0.0
    optimizer: str = "sgd"
    steps: int = 1
    eta: float = 0.1

    @property
    def depth(self) -> int:
        return len(self.activations)

    @property
    def parameters(self) -> list[str]:
        return [f"{p}{k}" for k in range(1, self.depth + 1) for p in ("W", "b")]

    def out(self, k: int) -> str:
        return "yhat" if k == self.depth else f"a{k}"

    def draw(self, random: Random) -> Values:
        values = {"x": two_decimals(random, self.sizes[0], self.batch)}
        outputs = self.sizes[-1]
        if self.loss == "cross_entropy":
            values["y"] = np.eye(outputs)[:, [random.integers(outputs)]]
        elif self.loss == "binary_cross_entropy":
            values["y"] = random.integers(0, 2, (outputs, self.batch)).astype(float)
        else:
            values["y"] = np.abs(two_decimals(random, outputs, self.batch))
        for k in range(1, self.depth + 1):
            values[f"W{k}"] = two_decimals(random, self.sizes[k], self.sizes[k - 1])
            values[f"b{k}"] = two_decimals(random, self.sizes[k], 1)
        return values

    def text(self, values: Values) -> str:
        lines = [
            "network:",
            f"  inputs: {{x: {show(values['x'])}}}",
            f"  targets: {{y: {show(values['y'])}}}",
            "  layers:",
        ]
        for k, activation in enumerate(self.activations, 1):
            weights = values[f"W{k}"].tolist()
            bias = [b[0] for b in values[f"b{k}"].tolist()]
            lines.append(f"    - {{weights: {weights}, bias: {bias}, activation: {activation}}}")
        lines += [f"  loss: {self.loss}", f"  learning_rate: {self.eta}"]
        if self.batch > 1:
            lines.append("  reduction: mean")
        if self.l2:
            lines.append(f"  l2: {self.l2}")
        if self.optimizer != "sgd":
            lines.append(f"  optimizer: {self.optimizer}")
        return "".join(f"    {line}\n" for line in lines)

    def work(self, values: Values, hand: Hand) -> None:
        values = dict(values)
        states: Values = {}
        for t in range(self.steps):

            def named(quantity: str, t: int = t) -> str:
                return quantity if t == 0 else f"new({quantity})" if t == 1 else f"new({quantity}, {t})"

            grads = self._backward(values, self._forward(values, hand, named), hand, named)
            self._update(values, grads, states, hand, t + 1)

    def _forward(self, values: Values, hand: Hand, named: Callable[[str], str]) -> Values:
        done = {"a0": values["x"]}
        for k, activation in enumerate(self.activations, 1):
            z = hand.matmul(values[f"W{k}"], done[f"a{k - 1}"]) + values[f"b{k}"]
            done[f"z{k}"] = z = hand(named(f"z{k}"), z)
            done[f"a{k}"] = hand(named(self.out(k)), self._activate(activation, z, hand))
        loss = self._loss(done[f"a{self.depth}"], values["y"], hand)
        for k in range(1, self.depth + 1):
            if self.l2:
                loss = loss + self.l2 * np.sum(hand.part(values[f"W{k}"] ** 2))
        hand(named("L"), np.array([[loss]]))
        return done

    def _activate(self, activation: str, z: Array, hand: Hand) -> Array:
        if activation == "softmax":
            powers = hand.step(np.exp(z))
            return np.asarray(powers / hand.step(powers.sum(axis=0, keepdims=True)))
        plain: dict[str, Callable[[Array], Array]] = {
            "sigmoid": sigmoid,
            "tanh": np.tanh,
            "relu": lambda u: np.maximum(u, 0.0),
            "identity": lambda u: u,
        }
        return plain[activation](z)

    def _loss(self, yhat: Array, y: Array, hand: Hand) -> float:
        if self.loss == "binary_cross_entropy":
            terms = np.where(y == 1, -hand.step(np.log(yhat)), -hand.step(np.log(1 - yhat)))
        elif self.loss == "cross_entropy":
            terms = np.where(y == 1, -hand.step(np.log(yhat)), 0.0)
        else:
            terms = hand.part((yhat - y) ** 2) * (0.5 if self.loss.startswith("half") else 1.0)
        return float(terms.sum()) / self.batch

    def _backward(self, values: Values, done: Values, hand: Hand, named: Callable[[str], str]) -> Values:
        grads: Values = {}
        up: Array | None = None
        for k in range(self.depth, 0, -1):
            if k == self.depth and hand.style.fused and self.loss.endswith("cross_entropy"):
                dz = (done[f"a{k}"] - values["y"]) / self.batch
            else:
                if up is None:
                    up = hand(named("dL/dyhat"), self._loss_slope(done[f"a{k}"], values["y"], hand))
                dz = self._through(self.activations[k - 1], done[f"z{k}"], done[f"a{k}"], up, hand)
            dz = hand(named(f"dL/dz{k}"), dz)
            dW = hand.matmul(dz, done[f"a{k - 1}"].T)
            if self.l2:
                dW = hand.part(dW) + 2 * self.l2 * values[f"W{k}"]
            grads[f"W{k}"] = hand(named(f"dL/dW{k}"), dW)
            grads[f"b{k}"] = hand(named(f"dL/db{k}"), dz.sum(axis=1, keepdims=True))
            if k > 1:
                up = hand(named(f"dL/da{k - 1}"), hand.matmul(values[f"W{k}"].T, dz))
        return grads

    def _loss_slope(self, yhat: Array, y: Array, hand: Hand) -> Array:
        if self.loss == "binary_cross_entropy":
            slope = np.where(y == 1, -1 / yhat, 1 / (1 - yhat))
        elif self.loss == "cross_entropy":
            slope = np.where(y == 1, -1 / yhat, 0.0)
        else:
            slope = (yhat - y) * (1.0 if self.loss.startswith("half") else 2.0)
        return hand.part(slope) / self.batch

    def _through(self, activation: str, z: Array, a: Array, up: Array, hand: Hand) -> Array:
        if activation == "softmax":
            common = hand.step(np.sum(hand.part(a * up), axis=0, keepdims=True))
            return a * (up - common)
        if activation == "identity":
            return up
        if activation == "relu":
            return up * (z > 0)
        if activation == "sigmoid":
            s = a if hand.style.slope == "a" else sigmoid(z)
            slope = s * (1 - s)
        else:
            s = a if hand.style.slope == "a" else np.tanh(z)
            slope = 1 - s**2
        return hand.times(up, hand.step(slope))

    def _update(self, values: Values, grads: Values, states: Values, hand: Hand, t: int) -> None:
        after = "" if t == 1 else f", {t}"
        for p, g in grads.items():
            if self.optimizer == "momentum":
                v = g if t == 1 else hand.part(0.9 * states[p]) + g
                states[p] = direction = hand(f"state(v, {p}{after})", v)
            elif self.optimizer == "adam":
                direction = self._adam(p, g, states, hand, t)
            else:
                direction = g
            values[p] = hand(f"new({p}{after})", values[p] - hand.part(self.eta * direction))

    def _adam(self, p: str, g: Array, states: Values, hand: Hand, t: int) -> Array:
        m, v = states.get("m" + p, np.zeros_like(g)), states.get("v" + p, np.zeros_like(g))
        states["m" + p] = m = hand.fine(0.9 * m + 0.1 * g)
        states["v" + p] = v = hand.fine(0.999 * v + 0.001 * g**2)
        m_hat, v_hat = hand.fine(m / (1 - 0.9**t)), hand.fine(v / (1 - 0.999**t))
        return hand.step(m_hat / (hand.fine(np.sqrt(v_hat)) + 1e-8))

    def network(self, name: str) -> Network:
        """This network with the quantities that can be asked."""
        layers = range(1, self.depth + 1)
        forward = [q for k in layers for q in (f"z{k}", self.out(k))]
        backward = ["dL/dyhat"] if self.loss != "cross_entropy" else []
        for k in reversed(layers):
            backward += [f"dL/dz{k}"] + ([f"dL/da{k - 1}"] if k > 1 else [])
        new = [f"new({p})" for p in self.parameters]
        if self.optimizer == "momentum":
            new = [f"state(v, {p})" for p in self.parameters] + new
        if self.steps == 2:
            new += ["new(yhat)", "new(L)"] + [f"new({p}, 2)" for p in self.parameters]
        return Network(
            name,
            self.draw,
            self.text,
            self.work,
            (*forward, "L"),
            tuple(backward),
            tuple(f"dL/d{p}" for p in self.parameters),
            tuple(new),
            least=4 if self.optimizer == "adam" else 2,
        )


# A graph that is no network: a product, a quotient, a root and a sine share quantities.


def _graph_draw(random: Random) -> Values:
    values = {n: np.abs(two_decimals(random, 1, 1)) for n in ("a", "b", "c", "t")}
    return {n: v * random.choice([-1.0, 1.0]) if n in "ac" else v for n, v in values.items()}


def _graph_text(values: Values) -> str:
    given = ", ".join(f"{n}: {show(v)}" for n, v in values.items())
    return (
        f"    given: {{{given}, eta: 0.2}}\n"
        "    equations: [p = a*b + c, q = sin(p)*exp(-b), s = sqrt(1 + p^2), r = q/s,"
        " L = (r - t)^2 + 0.1*a^2]\n"
        "    train: {minimize: L, learning_rate: eta, parameters: [a, b, c]}\n"
    )


def _graph_work(v: Values, hand: Hand) -> None:
    a, b, c, t = (v[n] for n in "abct")
    p = hand("p", hand.part(a * b) + c)
    decay = hand.step(np.exp(-b))
    q = hand("q", hand.step(np.sin(p)) * decay)
    s = hand("s", np.sqrt(1 + hand.part(p**2)))
    r = hand("r", q / s)
    hand("L", hand.part((r - t) ** 2) + hand.part(0.1 * a**2))
    dr = hand("dL/dr", 2 * (r - t))
    dq = hand("dL/dq", dr / s)
    ds = hand("dL/ds", -hand.times(dr, q) / hand.part(s**2))
    dp = hand("dL/dp", hand.times(dq, hand.step(np.cos(p)), decay) + hand.times(ds, hand.step(p / s)))
    grads = {
        "a": hand("dL/da", hand.part(dp * b) + 0.2 * a),
        "b": hand("dL/db", hand.part(dp * a) - hand.part(dq * q)),
        "c": hand("dL/dc", dp),
    }
    for n, g in grads.items():
        hand(f"new({n})", v[n] - hand.part(0.2 * g))


GRAPH = Network(
    "graph of equations",
    _graph_draw,
    _graph_text,
    _graph_work,
    ("p", "q", "s", "r", "L"),
    ("dL/dr", "dL/dq", "dL/ds", "dL/dp"),
    ("dL/da", "dL/db", "dL/dc"),
    ("new(a)", "new(b)", "new(c)"),
)


# A recurrent net of three steps over the same weights.


def _rnn_draw(random: Random) -> Values:
    return {n: two_decimals(random, 1, 1) for n in ("x1", "x2", "x3", "w", "u", "b", "v", "c", "y")}


def _rnn_text(values: Values) -> str:
    given = ", ".join(f"{n}: {show(v)}" for n, v in values.items())
    steps = ", ".join(
        f"z{k} = w*x{k} + {f'u*h{k - 1} + ' if k > 1 else ''}b, h{k} = tanh(z{k})" for k in (1, 2, 3)
    )
    return (
        f"    given: {{{given}, eta: 0.1}}\n"
        f"    equations: [{steps}, yhat = v*h3 + c, L = 0.5*(yhat - y)^2]\n"
        "    train: {minimize: L, learning_rate: eta, parameters: [w, u, b, v, c]}\n"
    )


def _rnn_work(v: Values, hand: Hand) -> None:
    h: Values = {}
    z: Values = {}
    for k in (1, 2, 3):
        before = hand.part(v["u"] * h[f"h{k - 1}"]) if k > 1 else 0.0
        z[f"z{k}"] = hand(f"z{k}", hand.part(v["w"] * v[f"x{k}"]) + before + v["b"])
        h[f"h{k}"] = hand(f"h{k}", np.tanh(z[f"z{k}"]))
    yhat = hand("yhat", hand.part(v["v"] * h["h3"]) + v["c"])
    hand("L", 0.5 * hand.part((yhat - v["y"]) ** 2))
    dyhat = hand("dL/dyhat", yhat - v["y"])
    up = hand("dL/dh3", dyhat * v["v"])
    dz: Values = {}
    for k in (3, 2, 1):
        out = h[f"h{k}"] if hand.style.slope == "a" else np.tanh(z[f"z{k}"])
        dz[f"z{k}"] = hand(f"dL/dz{k}", hand.times(up, hand.step(1 - out**2)))
        if k > 1:
            up = hand(f"dL/dh{k - 1}", dz[f"z{k}"] * v["u"])
    grads = {
        "w": sum((hand.part(dz[f"z{k}"] * v[f"x{k}"]) for k in (1, 2, 3)), start=np.zeros((1, 1))),
        "u": sum((hand.part(dz[f"z{k}"] * h[f"h{k - 1}"]) for k in (2, 3)), start=np.zeros((1, 1))),
        "b": dz["z1"] + dz["z2"] + dz["z3"],
        "v": dyhat * h["h3"],
        "c": dyhat,
    }
    for n, g in grads.items():
        hand(f"new({n})", v[n] - hand.part(0.1 * hand(f"dL/d{n}", g)))


RNN = Network(
    "RNN of three steps",
    _rnn_draw,
    _rnn_text,
    _rnn_work,
    ("z1", "h1", "z2", "h2", "z3", "h3", "yhat", "L"),
    ("dL/dyhat", "dL/dh3", "dL/dz3", "dL/dh2", "dL/dz2", "dL/dh1", "dL/dz1"),
    ("dL/dw", "dL/du", "dL/db", "dL/dv", "dL/dc"),
    ("new(w)", "new(u)", "new(b)", "new(v)", "new(c)"),
)

SIGMOIDS = ("sigmoid", "sigmoid")
NETWORKS: Sequence[Network] = (
    Layers((2, 2, 1), SIGMOIDS, "binary_cross_entropy").network("2-2-1 sigmoid, cross-entropy"),
    Layers((2, 2, 1), SIGMOIDS, "half_squared_error").network("2-2-1 sigmoid, squared error"),
    Layers((2, 3, 2), ("tanh", "tanh"), "squared_error").network("2-3-2 tanh, squared error"),
    Layers((2, 2, 3), ("tanh", "softmax"), "cross_entropy").network("2-2-3 softmax, cross-entropy"),
    Layers((2, 3, 2, 1), ("relu", "relu", "identity"), "half_squared_error").network("2-3-2-1 ReLU"),
    Layers((2, 2, 1), SIGMOIDS, "half_squared_error", batch=4).network("batch of four, mean"),
    Layers((2, 2, 1), SIGMOIDS, "binary_cross_entropy", l2=0.01, optimizer="momentum", steps=2).network(
        "L2 and momentum, two steps"
    ),
    GRAPH,
    RNN,
    Layers((1, 2, 1), ("tanh", "sigmoid"), "half_squared_error", optimizer="adam", steps=2).network(
        "Adam, two steps"
    ),
)
