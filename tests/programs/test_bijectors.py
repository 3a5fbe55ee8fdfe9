"""Bijectors undo themselves, determinants are those of Jacobians, and transformed distributions integrate to 1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf

ds = tf.contrib.distributions
bijectors = ds.bijectors
X = np.array([[0.3, 1.2, -0.7], [0.1, -2.0, 0.5]], np.float64)
TRIANGLE = np.array([[1.0, 0, 0], [0.5, 2, 0], [-0.3, 0.2, 0.7]])


def coupling(x: Any, units: int) -> Any:
    """A shift and a scale of other elements."""
    return tf.sin(x) + np.arange(units), tf.cos(x) * np.arange(1, units + 1)


def autoregression(y: Any) -> Any:
    """A shift and a scale of the elements before each."""
    before = tf.concat([tf.zeros_like(y[..., :1]), y[..., :-1]], -1)
    return tf.sin(before), 0.5 * tf.cos(before)


def made() -> dict[str, Any]:
    b = bijectors
    return {
        "identity": b.Identity(),
        "exp": b.Exp(),
        "sigmoid": b.Sigmoid(),
        "softplus": b.Softplus(),
        "softer": b.Softplus(hinge_softness=np.float64(2.0)),
        "scalar": b.AffineScalar(shift=np.float64(1.0), scale=np.float64(-2.0)),
        "scalars": b.AffineScalar(scale=np.array([1.0, 2.0, 3.0])),
        "diagonal": b.Affine(shift=np.array([1.0, 2.0, 3.0]), scale_diag=np.array([1.0, 2.0, -3.0])),
        "triangle": b.Affine(shift=np.array([1.0, 2.0, 3.0]), scale_tril=TRIANGLE),
        "triangle and more": b.Affine(scale_tril=TRIANGLE, scale_identity_multiplier=np.float64(2.0)),
        "inverse": b.Invert(b.Sigmoid()),
        "chain": b.Chain([b.Exp(), b.Affine(scale_tril=TRIANGLE), b.AffineScalar(scale=np.float64(0.5))]),
        "permutation": b.Permute([2, 0, 1]),
        "own": b.Inline(
            forward_fn=tf.exp,
            inverse_fn=tf.log,
            inverse_log_det_jacobian_fn=lambda y: -tf.log(y),
            forward_min_event_ndims=0,
            name="own",
        ),
        "low rank": b.Affine(scale_diag=np.array([1.0, 2.0, 3.0]), scale_perturb_factor=TRIANGLE[:, :1]),
        "operator": b.AffineLinearOperator(np.array([1.0, 2.0, 3.0]), tf.linalg.LinearOperatorFullMatrix(TRIANGLE.T)),
        "power": b.PowerTransform(0.25),
        "power of none": b.PowerTransform(),
        "softsign": b.Softsign(),
        "gumbel": b.Gumbel(np.float64(0.5), np.float64(2.0)),
        "skewed": b.SinhArcsinh(np.float64(0.5), np.float64(1.5)),
        "not ordered": b.Invert(b.Ordered()),
        "real nvp": b.RealNVP(1, coupling),
        "masked": b.MaskedAutoregressiveFlow(autoregression),
    }


@pytest.mark.parametrize("name", made())
def test_forward_and_inverse_undo_each_other(name: str) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        bijector = made()[name]
        start = X if name != "inverse" else 1 / (1 + np.exp(-X))
        there = bijector.forward(start)
        back = session.run(bijector.inverse(there))
        np.testing.assert_allclose(back, start, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", made())
def test_determinants_are_those_of_the_jacobian(name: str) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        bijector = made()[name]
        start = X if name != "inverse" else 1 / (1 + np.exp(-X))
        x = tf.constant(start)
        y = bijector.forward(x)
        rows = [tf.gradients(y[:, column], x)[0] for column in range(3)]
        jacobians = np.stack(session.run([tf.zeros_like(x) if r is None else r for r in rows]), axis=1)
        wanted = np.log(np.abs(np.linalg.det(jacobians)))
        forward, inverse = session.run(
            [bijector.forward_log_det_jacobian(x, 1), bijector.inverse_log_det_jacobian(y, 1)]
        )
        np.testing.assert_allclose(forward + np.zeros(2), wanted, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(inverse + np.zeros(2), -wanted, rtol=1e-8, atol=1e-10)


def test_a_log_normal_distribution() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        base = ds.Normal(loc=np.float64(0.2), scale=np.float64(0.7))
        made = ds.TransformedDistribution(base, bijectors.Exp(), name="LogNormal")
        grid = np.linspace(1e-6, 60.0, 400_001)
        density = session.run(made.prob(grid))
        assert np.trapezoid(density, grid) == pytest.approx(1.0, abs=1e-4)
        below = grid <= 2.0
        assert session.run(made.cdf(np.float64(2.0))) == pytest.approx(
            np.trapezoid(density[below], grid[below]), abs=1e-4
        )
        drawn = session.run(made.sample(20_000, seed=3))
        assert drawn.shape == (20_000,) and (drawn > 0).all()
        assert np.log(drawn).mean() == pytest.approx(0.2, abs=0.03)
        with pytest.raises(NotImplementedError, match="entropy"):
            made.entropy()


def test_normal_vectors_by_an_affine_function() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        base = ds.MultivariateNormalDiag(loc=np.zeros(3))
        made = ds.TransformedDistribution(base, bijectors.Affine(shift=np.array([1.0, 2.0, 3.0]), scale_tril=TRIANGLE))
        covariance = TRIANGLE @ TRIANGLE.T
        away = X - [1.0, 2.0, 3.0]
        wanted = -0.5 * np.einsum("ni,ij,nj->n", away, np.linalg.inv(covariance), away)
        wanted -= 0.5 * np.linalg.slogdet(2 * np.pi * covariance)[1]
        np.testing.assert_allclose(session.run(made.log_prob(X)), wanted, rtol=1e-8)
        entropy = 0.5 * np.linalg.slogdet(2 * np.pi * np.e * covariance)[1]
        assert session.run(made.entropy()) == pytest.approx(entropy)
        assert session.run(made.mean()).tolist() == [1.0, 2.0, 3.0]
        assert made.sample(5).shape.as_list() == [5, 3]


def test_wrong_bijectors() -> None:
    with pytest.raises(ValueError, match="exactly one of each"):
        bijectors.Permute([0, 0, 1])
    with pytest.raises(ValueError, match="must be at least 1"):
        bijectors.Permute([1, 0]).forward_log_det_jacobian(X[:, :2], event_ndims=0)
    with pytest.raises(ValueError, match="Must specify at least one of"):
        bijectors.Inline(forward_fn=tf.exp)
    with pytest.raises(NotImplementedError, match="forward_log_det_jacobian is not implemented"):
        bijectors.Inline(forward_fn=tf.exp, forward_min_event_ndims=0).forward_log_det_jacobian(X, 0)
    with pytest.raises(ValueError, match="do not fit"):
        bijectors.Reshape([2, 2]).forward(X)


def squares() -> dict[str, Any]:
    """Functions that change shapes, with a place, the elements that matter of it and of its value."""
    b = bijectors
    lower, all_of_it = np.tril_indices(3), slice(None)
    triangle, vector = np.tril(TRIANGLE + 0.1), np.array([0.3, 1.2, -0.7, 0.1, -2.0, 0.5])
    return {
        "fill": (b.FillTriangular(), vector, all_of_it, lower),
        "fill above": (b.FillTriangular(upper=True), vector, all_of_it, np.triu_indices(3)),
        "scale": (b.ScaleTriL(diag_shift=np.float64(1e-5)), vector, all_of_it, lower),
        "scale by exp": (b.ScaleTriL(b.Exp(), None), vector, all_of_it, lower),
        "product": (b.CholeskyOuterProduct(), triangle, lower, lower),
        "inverse": (b.MatrixInverseTriL(), triangle, lower, lower),
        "diagonal": (b.TransformDiagonal(b.Exp()), triangle, lower, lower),
        "shares": (b.SoftmaxCentered(), vector, all_of_it, slice(0, 6)),
        "reshaped": (b.Reshape([2, 3]), vector, all_of_it, np.indices((2, 3)).reshape(2, -1)),
        "covariance": (
            b.Chain([b.CholeskyOuterProduct(), b.ScaleTriL(diag_shift=np.float64(0.1))]),
            vector,
            all_of_it,
            lower,
        ),
    }


@pytest.mark.parametrize("name", squares())
def test_functions_that_change_shapes(name: str) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        bijector, start, of_place, of_value = squares()[name]
        of_place, of_value = (each if isinstance(each, slice) else tuple(each) for each in (of_place, of_value))
        x = tf.constant(start)
        y = bijector.forward(x)
        there, back = session.run([y, bijector.inverse(y)])
        np.testing.assert_allclose(back, start, rtol=1e-8, atol=1e-10)
        assert bijector.forward_event_shape(start.shape).as_list() == list(there.shape)
        assert bijector.inverse_event_shape(there.shape).as_list() == list(start.shape)

        fed = tf.placeholder(tf.float64, start.shape)
        value, step, columns = bijector.forward(fed), 1e-5, []
        for place in np.argwhere(_marked(start, of_place)):
            ends = []
            for sign in (1, -1):
                moved = start.copy()
                moved[tuple(place)] += sign * step
                ends.append(session.run(value, {fed: moved})[of_value])
            columns.append((ends[0] - ends[1]) / (2 * step))
        wanted = np.linalg.slogdet(np.stack(columns, 1))[1]
        forward = bijector.forward_log_det_jacobian(x, start.ndim)
        inverse = bijector.inverse_log_det_jacobian(y, there.ndim)
        np.testing.assert_allclose(session.run([forward, inverse]), [wanted, -wanted], rtol=1e-6, atol=1e-6)


def _marked(array: Any, index: Any) -> Any:
    marks = np.zeros(array.shape, bool)
    marks[index] = True
    return marks


def test_functions_of_positive_numbers() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant([0.2, 0.5, 0.9], tf.float64)
        for bijector in (bijectors.Square(), bijectors.Kumaraswamy(np.float64(2.0), np.float64(3.0))):
            y = bijector.forward(x)
            slope = tf.gradients(y, x)[0]
            back, forward, inverse, wanted = session.run(
                [bijector.inverse(y), bijector.forward_log_det_jacobian(x, 0),
                 bijector.inverse_log_det_jacobian(y, 0), tf.log(slope)]
            )  # fmt: skip
            np.testing.assert_allclose(back, [0.2, 0.5, 0.9], rtol=1e-10)
            np.testing.assert_allclose(forward, wanted, rtol=1e-9)
            np.testing.assert_allclose(inverse, -wanted, rtol=1e-9)
        half = ds.TransformedDistribution(ds.Normal(np.float64(0.0), 1.0), bijectors.AbsoluteValue())
        wanted = session.run(ds.HalfNormal(np.float64(1.0)).log_prob(x))
        np.testing.assert_allclose(session.run(half.log_prob(x)), wanted, rtol=1e-10)


def test_bijectors_of_ones_own() -> None:
    """Subclasses give TensorFlow's methods."""

    class Doubled(bijectors.Bijector):  # type: ignore[misc, name-defined, unused-ignore]
        def __init__(self) -> None:
            super().__init__(is_constant_jacobian=True, forward_min_event_ndims=0, name="doubled")

        def _forward(self, x: Any) -> Any:
            return 2.0 * x

        def _inverse(self, y: Any) -> Any:
            return y / 2.0

        def _inverse_log_det_jacobian(self, y: Any) -> Any:
            return -tf.log(tf.constant(2.0, y.dtype))

    with tf.Session() as session:
        made = ds.TransformedDistribution(ds.Normal(0.0, 1.0), Doubled())
        assert session.run(made.log_prob(3.0)) == pytest.approx(session.run(ds.Normal(0.0, 2.0).log_prob(3.0)))
        assert session.run(made.entropy()) == pytest.approx(session.run(ds.Normal(0.0, 2.0).entropy()))


@pytest.mark.parametrize("kind", ["masked", "real nvp"])
def test_flows_are_trained(kind: str) -> None:
    """Samples of a curved distribution become likelier; the variables are TensorFlow 1.15's."""
    random = np.random.default_rng(0)
    first = random.normal(size=1024)
    data = np.stack([first, first**2 + 0.3 * random.normal(size=1024)], -1).astype(np.float32)
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(1)
        if kind == "masked":
            function = bijectors.masked_autoregressive_default_template(hidden_layers=[16])
            flow = bijectors.MaskedAutoregressiveFlow(function)
        else:
            function = bijectors.real_nvp_default_template(hidden_layers=[16])
            flow = bijectors.RealNVP(1, function)
        scope = f"{kind.replace(' ', '_').replace('masked', 'masked_autoregressive')}_default_template"
        names = [f"{scope}/dense{number}/{part}:0" for number in ("", "_1") for part in ("kernel", "bias")]
        made = ds.TransformedDistribution(ds.MultivariateNormalDiag(tf.zeros([2])), flow)
        loss = -tf.reduce_mean(made.log_prob(data))
        train = tf.train.AdamOptimizer(0.02).minimize(loss)
        assert [variable.name for variable in tf.trainable_variables()] == names
        session.run(tf.global_variables_initializer())
        before = session.run(loss)
        for _ in range(200):
            session.run(train)
        assert session.run(loss) < before - 1.0
        drawn = session.run(made.sample(2000, seed=5))
        assert np.corrcoef(drawn[:, 0] ** 2, drawn[:, 1])[0, 1] > 0.5


def test_batch_normalization_undoes_itself() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        bijector = bijectors.BatchNormalization(training=False)
        y = tf.constant(X)
        x = bijector.inverse(y)
        moved = [tf.assign(v, v + 0.5) for v in tf.global_variables()]
        session.run(tf.global_variables_initializer())
        session.run(moved)
        back, slope, determinant = session.run(
            [bijector.forward(x), tf.gradients(x, y)[0], bijector.inverse_log_det_jacobian(y, 1)]
        )
        np.testing.assert_allclose(back, X, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(determinant, np.log(slope).sum(-1), rtol=1e-6)
