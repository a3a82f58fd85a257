r"""The equations and the diagram of an encoder and a decoder, with a run's own shapes.

The encoder's letters have arrows over them, to the right where it reads forwards and to
the left where it reads backwards; the decoder's have none. Its state is g, so that an
LSTM's candidate is m here.
"""

from collections.abc import Mapping
from typing import NamedTuple

from explorer.models import notation
from explorer.models.additive import equations as attention_equations
from explorer.models.additive import shapes as attention_shapes
from explorer.models.base import Sizes
from explorer.models.cells import CELLS, DESCRIPTIONS, CellName

STEPS: Mapping[CellName, tuple[str, ...]] = {
    "rnn": (r"h' &= \tanh(W x + U h + b)",),
    "lstm": (
        r"i,\, f,\, o &= \sigma(W_{i,f,o}\, x + U_{i,f,o}\, h + b_{i,f,o}), \quad "
        r"m = \tanh(W_m x + U_m h + b_m)",
        r"c' &= f \odot c + i \odot m, \quad h' = o \odot \tanh(c')",
    ),
    "gru": (
        r"r,\, z &= \sigma(W_{r,z}\, x + U_{r,z}\, h + b_{r,z}), \quad "
        r"n = \tanh(W_n x + b_n + r \odot (U_n h + e_n))",
        r"h' &= (1 - z) \odot n + z \odot h",
    ),
}
"""One step from x, h (and c) to the next."""

RIGHT, LEFT = notation.BOTH_WAYS


class Written(NamedTuple):
    """What they depend on."""

    cell: CellName
    hidden: int  # H
    layers: int
    dropout: float
    both: bool  # whether the source is read backwards too
    attends: bool
    sizes: Sizes

    @property
    def width(self) -> int:
        """Numbers that a step of the source is read as, K."""
        return (2 if self.both else 1) * self.hidden

    @property
    def k(self) -> str:
        """The mark of a layer, where there are several."""
        return "^{(k)}" if self.layers > 1 else ""

    @property
    def top(self) -> str:
        """The mark of the last layer."""
        return f"^{{({self.layers - 1})}}" if self.layers > 1 else ""

    def page(self) -> str:
        """All of it as Markdown with LaTeX."""
        display = notation.display
        name = rf"\operatorname{{{self.cell.upper()}}}"
        given = "(x, h, c)" if self.remembers else "(x, h)"
        after = "(h', c')" if self.remembers else "h'"
        return "\n\n".join(
            [
                display(*self.encoder()),
                display(*self.decoder()),
                display(rf"{after} &= {name}{given}:", *STEPS[self.cell]),
                display(*self.shapes()),
            ]
        )

    @property
    def remembers(self) -> bool:
        """Whether there is a memory c beside the hidden state."""
        return CELLS[self.cell].states == 2

    def state(self, mark: str, h: str, place: str) -> str:
        """A cell's state at a place: h, or h and c."""
        letters = [h, "c"] if self.remembers else [h]
        drawn = (f"{mark}{{{letter}}}" if mark else letter for letter in letters)
        return r",\, ".join(f"{one}_{place}{self.k}" for one in drawn)

    def step(self, mark: str, h: str, place: str, x: str, before: str) -> str:
        """The line of one step of a net, up to its shape."""
        after, past = self.state(mark, h, place), self.state(mark, h, before)
        name = rf"\operatorname{{{self.cell.upper()}}}"
        left = f"({after})" if self.remembers else after
        return f"{left} &= {mark}{{{name}}}({x}, {past})"

    def encoder(self) -> list[str]:
        """How the source is read, layer upon layer."""
        x = rf"x_s{self.k}" if self.layers > 1 else "E_{w_s}"
        read = rf"{RIGHT}{{h}}_s{self.k}"
        lines = [
            *notation.stacked("x_s", "E_{w_s}", "h_s", self.layers, self.dropout),
            self.step(RIGHT, "h", "s", x, "{s-1}"),
        ]
        nothing = self.state(RIGHT, "h", "0")
        if self.both:
            lines.append(self.step(LEFT, "h", "s", x, "{s+1}"))
            nothing += r",\, " + self.state(LEFT, "h", "{n+1}")
            read = rf"[{read};\, {LEFT}{{h}}_s{self.k}]"
        return [
            *lines,
            f"{nothing} &= 0",
            rf"h_s{self.k} &= {read} \in {notation.real(self.width)}",
            rf"s &= 1, \dots, n \leq {self.sizes.source}, \quad w_{{n+1}} = \dots = 0",
        ]

    def decoder(self) -> list[str]:
        """What is handed over at the source's end, and how the target is written."""
        H, V = self.hidden, self.sizes.outputs
        end = rf"{RIGHT}{{h}}_n{self.k}"
        if self.both:
            end = rf"[{end};\, {LEFT}{{h}}_1{self.k}]"
        start = f"g_0{self.k}"
        if self.remembers:
            start = rf"[{start};\, c_0{self.k}]"
        handed = notation.real(CELLS[self.cell].states * H)
        given = r"[E_{w_t};\, a_t]" if self.attends else "E_{w_t}"
        x = rf"u_t{self.k}" if self.layers > 1 else given
        length = self.sizes.steps - self.sizes.source
        return [
            rf"{start} &= \tanh(B{self.k}\, {end} + \beta{self.k}) \in {handed}",
            *(
                attention_equations(self.sizes.source, self.width, self.top)
                if self.attends
                else ()
            ),
            *notation.stacked("u_t", given, "g_t", self.layers, self.dropout),
            rf"{self.step('', 'g', 't', x, '{t-1}')}, \quad g_t{self.k} \in "
            rf"{notation.real(H)}",
            rf"y_t &= V g_t{self.top} + d \in {notation.real(V)}, "
            rf"\quad t = 1, \dots, {length}",
        ]

    def shapes(self) -> list[str]:
        """The shapes of everything that is learned."""
        H, K, V, real = self.hidden, self.width, self.sizes.outputs, notation.real
        handed = CELLS[self.cell].states * H
        marks = notation.BOTH_WAYS if self.both else (RIGHT,)
        written = H + K if self.attends else H
        every = DESCRIPTIONS[self.cell].shapes
        nets = [
            *every(H, H, self.layers, K, marks),
            *every(written, H, self.layers),
        ]
        return [
            rf"E &\in {real(self.sizes.symbols, H)}, \quad V \in {real(V, H)}, "
            rf"\quad d \in {real(V)}",
            # m where the decoder's g is another thing
            *(line.replace("i,f,o,g", "i,f,o,m") for line in nets),
            notation.in_every_layer("B", "", real(handed, K), self.layers, ("",)),
            notation.in_every_layer(r"\beta", "", real(handed), self.layers, ("",)),
            *(attention_shapes(H, K) if self.attends else ()),
        ]

    def diagram(self) -> str:
        """Both nets, the bridge between them, and what looks back."""
        H, K, sizes = self.hidden, self.width, self.sizes
        title = self.cell.upper()
        lines = [
            f'source["w: {sizes.symbols}, {sizes.source} steps"] --> read["E[w]: {H}"]',
            f'subgraph encoder["{self.layers} × {title}{" ⇄" if self.both else ""}"]',
            f'  h["h: {K}"]',
            f"  h {notation.NEXT_STEP} h",
            "end",
            "read --> h",
            f'h -- "s = n" --> bridge["g = tanh(B h + b): {H}"]',
            f'given["w: {sizes.symbols}, {sizes.steps - sizes.source} steps"] --> '
            f'write["E[w]: {H}"]',
            f'subgraph decoder["{self.layers} × {title}"]',
            f'  g["g: {H}"]',
            f"  g {notation.NEXT_STEP} g",
            "end",
            "write --> g",
            "bridge --> g",
            f'g --> answer["y = V g + d: {sizes.outputs}"]',
        ]
        if self.attends:
            lines += [
                f'h --> seen["a = softmax(v · tanh(W g + U h)) h: {K}"]',
                "g --> seen",
                f"seen {notation.NEXT_STEP} g",
            ]
        return "\n".join(["flowchart LR", *(f"  {line}" for line in lines)])
