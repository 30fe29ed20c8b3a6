"""Find possible small faults in Python source code."""

import ast
from collections.abc import Iterator
import copy
from dataclasses import dataclass
import difflib
from typing import Any, override

_OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A change of a source file."""

    path: str
    source: str
    first_line: int
    last_line: int
    start: int
    end: int
    replacement: str
    kind: str

    @property
    def mutated(self) -> str:
        """The source with the fault."""
        encoded = self.source.encode()
        return (encoded[: self.start] + self.replacement.encode() + encoded[self.end :]).decode()

    @property
    def diff(self) -> str:
        """The changed lines, as a unified diff."""
        lines = difflib.unified_diff(
            self.source.splitlines(),
            self.mutated.splitlines(),
            self.path,
            self.path,
            n=1,
            lineterm="",
        )
        return "\n".join(lines)


class _Finder(ast.NodeVisitor):
    """Collects the possible faults of a module."""

    def __init__(self, path: str, source: str) -> None:
        """Initialize with the position of each line."""
        self._path, self._source = path, source
        self._starts = [0]
        for line in source.encode().splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self.found: list[Fault] = []

    def _add(self, node: ast.expr | ast.stmt, replacement: str, kind: str) -> None:
        """Add a fault that replaces the text of a node, if the result is valid Python."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        fault = Fault(
            self._path,
            self._source,
            node.lineno,
            node.end_lineno,
            self._starts[node.lineno - 1] + node.col_offset,
            self._starts[node.end_lineno - 1] + node.end_col_offset,
            replacement,
            kind,
        )
        try:
            ast.parse(fault.mutated)
        except SyntaxError:
            return
        self.found.append(fault)

    def _changed(self, node: ast.AST, **fields: Any) -> str:
        """Return the source code of a node with changed fields."""
        changed = copy.copy(node)
        for name, value in fields.items():
            setattr(changed, name, value)
        return ast.unparse(changed)

    @override
    def visit(self, node: ast.AST) -> None:
        """Skip code that is not executed: annotations, decorators, type checking, ``__slots__``."""
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                return
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                for part in (*node.args.defaults, *node.args.kw_defaults, *node.body):
                    if part is not None:
                        self.visit(part)
                return
            case ast.ClassDef():
                for statement in node.body:
                    self.visit(statement)
                return
            case ast.AnnAssign(value=value):
                if value is not None:
                    self.visit(value)
                return
            case ast.TypeAlias() | ast.Assert() | ast.JoinedStr():
                return
        super().visit(node)

    @override
    def visit_Compare(self, node: ast.Compare) -> None:
        """Change a boundary or invert a comparison."""
        for index, operator in enumerate(node.ops):
            operators = list(node.ops)
            operators[index] = _OPPOSITES[type(operator)]()
            self._add(node, self._changed(node, ops=operators), "comparison")
        self.generic_visit(node)

    @override
    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        """Remove an operand, or swap ``or`` and ``and``."""
        for index in range(len(node.values)):
            rest = [value for place, value in enumerate(node.values) if place != index]
            text = self._changed(node, values=rest) if len(rest) > 1 else ast.unparse(rest[0])
            self._add(node, f"({text})", "operand")
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        self._add(node, f"({self._changed(node, op=other)})", "and/or")
        self.generic_visit(node)

    @override
    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        """Remove a ``not``."""
        if isinstance(node.op, ast.Not):
            self._add(node, f"({ast.unparse(node.operand)})", "not")
        self.generic_visit(node)

    @override
    def visit_Constant(self, node: ast.Constant) -> None:
        """Change a number by one, or invert a boolean."""
        match node.value:
            case bool(value):
                self._add(node, str(not value), "truth")
            case int(value) | float(value):
                self._add(node, repr(value + 1), "number")
                self._add(node, f"({value - 1!r})", "number")

    @override
    def visit_Return(self, node: ast.Return) -> None:
        """Return None."""
        match node.value:
            case None | ast.Constant(value=None):
                return
            case ast.Constant(value=False) as value:
                # None would be equivalent to False.
                self.visit(value)
            case value:
                self._add(node, "return None", "return")
                self.visit(value)

    @override
    def visit_Raise(self, node: ast.Raise) -> None:
        """Raise an exception that is not caught."""
        match node.exc:
            case ast.Call(func=ast.Name(id="AssertionError")):
                # This code is unreachable.
                return
            case ast.Call(func=ast.Name() | ast.Attribute()) as call:
                self._add(call.func, "BufferError", "exception")
                for part in (*call.args, *call.keywords):
                    self.visit(part)

    @override
    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        """Catch a different exception."""
        match node.type:
            case ast.Tuple(elts=kinds):
                for kind in kinds:
                    self._add(kind, "BufferError", "exception")
            case ast.expr() as kind:
                self._add(kind, "BufferError", "exception")
        for statement in node.body:
            self.visit(statement)

    @override
    def visit_Expr(self, node: ast.Expr) -> None:
        """Remove a call, except debug logging."""
        match node.value:
            case (
                ast.Call(func=ast.Attribute(value=ast.Name(id="_LOGGER"), attr="debug"))
                | ast.Constant()
            ):
                return
            case ast.Call() | ast.Await(value=ast.Call()):
                self._add(node, "pass", "call")
        self.generic_visit(node)

    @override
    def visit_Assign(self, node: ast.Assign) -> None:
        """Remove an assignment to an attribute or an item."""
        match node.targets:
            case [ast.Name(id="__slots__")]:
                return
            case [ast.Attribute() | ast.Subscript()]:
                self._add(node, "pass", "assignment")
        self.visit(node.value)

    @override
    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Remove an augmented assignment."""
        self._add(node, "pass", "assignment")
        self.generic_visit(node)


def faults(path: str, source: str) -> Iterator[Fault]:
    """Yield all possible faults of a source.

    Args:
        path: Path of the file, for the diff.
        source: Content of the file.
    """
    finder = _Finder(path, source)
    finder.visit(ast.parse(source))
    yield from finder.found
