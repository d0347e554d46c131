"""Problems, no two alike, on which every wrong rule of the catalogue must act somewhere."""

from __future__ import annotations

from grader.engine.derive import Plan, derive
from grader.misconceptions.view import View
from grader.spec import load_text

NETWORKS = {
    "numbers": """
given: {x1: 0.35, x2: -0.8, y: 0.3, w11: 0.21, w12: -0.44, w21: 0.63, w22: 0.17, b1: 0.12, b2: -0.31,
        v1: 0.54, v2: -0.72, c: 0.26, eta: 0.4}
equations: [z1 = w11*x1 + w12*x2 + b1, z2 = w21*x1 + w22*x2 + b2, a1 = sigmoid(z1), a2 = sigmoid(z2),
            u = v1*a1 + v2*a2 + c, yhat = sigmoid(u), L = -(y*ln(yhat) + (1 - y)*ln(1 - yhat))]
train: {minimize: L, learning_rate: eta, parameters: [w11, w12, w21, w22, b1, b2, v1, v2, c]}
""",
    "vectors": """
network:
  inputs: {x: [0.42, -0.73]}
  targets: {y: [0.25, -0.6]}
  layers:
    - {weights: [[0.31, -0.52], [0.84, 0.23]], bias: [0.14, -0.37], activation: tanh}
    - {weights: [[-0.61, 0.45], [0.28, 0.77]], bias: [0.33, 0.19], activation: sigmoid}
  loss: half_squared_error
  learning_rate: {eta: 0.3}
""",
    "classes": """
network:
  inputs: {x: [0.42, -0.73]}
  targets: {y: [0, 1, 0]}
  layers:
    - {weights: [[0.31, -0.52], [0.84, 0.23]], bias: [0.14, -0.37], activation: relu}
    - {weights: [[-0.61, 0.45], [0.28, 0.77], [0.5, -0.2]], bias: [0.33, 0.19, -0.42], activation: softmax}
  loss: cross_entropy
  learning_rate: {eta: 0.3}
""",
    "classes of a batch": """
network:
  inputs: {X: [[0.42, -0.73, 0.15, 0.9], [0.66, 0.38, -0.51, 0.27]]}
  targets: {Y: [[0, 1, 0, 0], [1, 0, 0, 1], [0, 0, 1, 0]]}
  layers:
    - {weights: [[0.31, -0.52], [0.84, 0.23]], bias: [0.14, -0.37], activation: sigmoid}
    - {weights: [[-0.61, 0.45], [0.28, 0.77], [0.5, -0.2]], bias: [0.33, 0.19, -0.42], activation: softmax}
  loss: cross_entropy
  reduction: mean
  learning_rate: {eta: 0.3}
""",
    "examples in rows": """
network:
  examples: rows
  inputs: {X: [[0.42, 0.66], [-0.73, 0.38], [0.15, -0.51]]}
  targets: {Y: [[0.3, -0.8], [0.7, 0.2], [-0.4, 0.6]]}
  layers:
    - {weights: [[0.31, -0.52], [0.84, 0.23]], bias: [0.14, -0.37], activation: {leaky_relu: 0.1}}
    - {weights: [[-0.61, 0.45], [0.28, 0.77]], bias: [0.33, 0.19], activation: identity}
  loss: mean_squared_error
  l2: {lambda: 0.05}
  learning_rate: {eta: 0.3}
  optimizer: {momentum: {beta: 0.9}}
""",
    "three layers": """
network:
  inputs: {x: 0.58}
  targets: {y: 0.35}
  layers:
    - {weights: {w1: 0.64}, bias: {b1: -0.23}, activation: softplus}
    - {weights: {w2: 0}, bias: {b2: 0.41}, activation: tanh}
    - {weights: {w3: -0.83}, bias: {b3: 0.17}, activation: sigmoid}
  loss: squared_error
  learning_rate: {eta: 0.25}
  optimizer: adam
""",
    "written out": """
given: {x1: 0.35, x2: -0.8, t1: 0.2, t2: 0.5, t3: 0.3, w11: 0.21, w12: -0.44, w21: 0.63, w22: 0.17, b1: 0.12,
        b2: -0.31, v11: 0.54, v12: -0.72, v21: 0.26, v22: 0.38, v31: -0.19, v32: 0.47, lam: 0.03, eta: 0.5}
equations: [h1 = 1/(1 + e^(-(w11*x1 + w12*x2 + b1))), h2 = tanh(w21*x1 + w22*x2 + b2), q1 = v11*h1 + v12*h2,
            q2 = v21*h1 + v22*h2, q3 = v31*h1 + v32*h2, e1 = exp(q1), e2 = exp(q2), e3 = exp(q3),
            s = e1 + e2 + e3, p1 = e1/s, p2 = e2/s, p3 = e3/s,
            L = -(t1*ln(p1) + t2*ln(p2) + t3*ln(p3)) + lam*(abs(v11) + abs(v12))]
train: {minimize: L, learning_rate: eta, parameters: [w11, w12, b1, v11, v12, v21]}
""",
    "errors by name": """
given: {x1: 0.47, x2: -0.29, y1: 0.62, y2: -0.18, w: 0.35, r: -0.58, b: 0.22, c: 0.31, lam: 0.04, eta: 0.2}
equations: [h = tanh(w*x1 + b), p1 = r*h + c, p2 = w*h + r*x2, d1 = p1 - y1, d2 = y2 - p2, M1 = 1/2*d1^2,
            M2 = 1/2*d2^2, R = lam*(w^2 + r^2), L = M1 + M2 + R]
train: {minimize: L, learning_rate: eta, parameters: [w, r, b, c]}
""",
    "examples listed": """
given: {xa: 0.47, xb: -0.83, ya: 0.62, yb: 0.18, w: 0.35, b: 0.22, v: 0.71, c: -0.14, eta: 0.2}
equations: [za = w*xa + b, zb = w*xb + b, aa = sigmoid(za), ab = sigmoid(zb), pa = v*aa + c, pb = v*ab + c,
            La = (pa - ya)^2, Lb = (pb - yb)^2, L = (La + Lb)/2]
train: {minimize: L, learning_rate: eta, parameters: [w, b, v, c]}
""",
    "binary batch": """
network:
  inputs: {X: [[0.42, -0.73, 0.15], [0.66, 0.38, -0.51]]}
  targets: {Y: [[0.9, 0.2, 0.4], [0.3, 0.6, 0.8]]}
  layers:
    - {weights: [[0.31, -0.52], [0.84, 0.23]], bias: [0.14, -0.37], activation: sigmoid}
    - {weights: [[-0.61, 0.45], [0.28, 0.77]], bias: [0.33, 0.19], activation: sigmoid}
  loss: binary_cross_entropy
  reduction: mean
  l2: {lambda: 0.05, half: true}
  learning_rate: {eta: 0.3}
""",
    "classes, squared error": """
given: {x: [0.42, -0.73], t: [0.1, 0.7, 0.2], W: [[0.31, -0.52], [0.84, 0.23], [-0.61, 0.45]],
        b: [0.14, -0.37, 0.28], eta: 0.3}
equations: [yhat = softmax(W @ x + b), L = sum((yhat - t)^2)]
train: {minimize: L, learning_rate: eta, parameters: [W, b]}
""",
    "penalty by examples": """
given: {x: [0.5, -1.0, 0.8], y: [0.2, 0.6, -0.1], w: 0.4, b: 0.2, lam: 0.1, eta: 0.3}
equations: [p = sigmoid(w*x + b), L = sum((p - y)^2)/(2*3) + lam/(2*3)*w^2]
train: {minimize: L, learning_rate: eta, parameters: [w, b]}
""",
}


def plan_of(body: str, ask: str = "L") -> Plan:
    """The whole worked solution of a problem without its questions."""
    indented = "".join(f"    {line}\n" for line in body.strip("\n").splitlines())
    text = f'problems:\n  - id: p\n{indented}    questions: ["{ask}"]\n'
    return derive(load_text(text, "p.yaml").problems[0], whole=True)


def view_of(body: str) -> View:
    """The same, seen as a network."""
    return View(plan_of(body))
