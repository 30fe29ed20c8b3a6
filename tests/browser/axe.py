"""Accessibility checks with axe-core, of a card inside of nested shadow roots."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from .visit import Visit

_AXE: Final = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

# axe-core wants the way through the shadow roots, from the outside to the inside.
_EXAMINE: Final = """async (element) => {
  const find = (root) => {
    for (const node of root.querySelectorAll("*")) {
      const found = node.localName === element ? node : node.shadowRoot && find(node.shadowRoot);
      if (found) return found;
    }
  };
  const path = [];
  const marked = [];
  for (let node = find(document); node; node = node.getRootNode().host) {
    node.setAttribute("data-axe", String(path.length));
    path.unshift(`[data-axe="${path.length}"]`);
    marked.push(node);
  }
  const { violations, passes } = await axe.run({ include: [{ fromShadowDom: path }] });
  // Otherwise, the next check would look at this element, too.
  marked.forEach((node) => node.removeAttribute("data-axe"));
  return {
    violations: violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
    passes: passes.flatMap(({ nodes }) => nodes).length,
  };
}"""


@dataclass(frozen=True, slots=True)
class AxeResult:
    """What axe-core says of an element.

    Attributes:
        violations: Each rule that is violated, with the elements that violate it.
        passes: How often a rule was applied to an element and found nothing.
    """

    violations: list[str]
    passes: int


class Axe:
    """axe-core in a page."""

    def __init__(self, visit: Visit) -> None:
        """Initialize, see `load`."""
        self._visit = visit

    @classmethod
    async def load(cls, visit: Visit) -> Self:
        """Load axe-core into the page."""
        await visit.page.add_script_tag(path=_AXE)
        return cls(visit)

    async def examine(self, element: str) -> AxeResult:
        """Check the first element of this name and all that it contains."""
        return AxeResult(**await self._visit.run(_EXAMINE, element))
