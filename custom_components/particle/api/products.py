"""Products, which are groups of devices with the same firmware."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from .endpoint import ACCOUNT_OR_ORGANIZATION, Endpoint
from .error_mapping import Subject
from .errors import MalformedAnswerError
from .namespace import Namespace, require_text, without_none
from .parsing import Json, int_of, mapping_of, objects_of, text_of, texts_of
from .scope import ACCOUNT, Scope

LIST_PRODUCTS = Endpoint(
    "GET", "/v1/products", ACCOUNT_OR_ORGANIZATION, account="/v1/user/products"
)
LIST_VISIBLE_PRODUCTS = Endpoint("GET", "/v1/products")
CREATE_PRODUCT = Endpoint(
    "POST", "/v1/products", ACCOUNT_OR_ORGANIZATION, account="/v1/user/products"
)
GET_PRODUCT = Endpoint("GET", "/v1/products/:product")


@dataclass(frozen=True, slots=True)
class Product:
    """One product.

    Attributes:
        id: Product number.
        slug: Short name, which can be used instead of the number.
        groups: Names of the device groups.
        user: Email address of the owner; None for a product of an organization.
    """

    id: int
    slug: str | None = None
    name: str | None = None
    description: str | None = None
    platform_id: int | None = None
    groups: tuple[str, ...] = ()
    user: str | None = None
    organization: str | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read a product object.

        Raises:
            MalformedAnswerError: It is not an object, or has no id.
        """
        data = mapping_of(value, "product")
        product_id = int_of(data.get("id"))
        if product_id is None:
            raise MalformedAnswerError("The cloud sent a product without an ID")
        return cls(
            id=product_id,
            slug=text_of(data.get("slug")),
            name=text_of(data.get("name")),
            description=text_of(data.get("description")),
            platform_id=int_of(data.get("platform_id")),
            groups=texts_of(data.get("groups")),
            user=text_of(data.get("user")),
            organization=text_of(data.get("org") or data.get("organization_id")),
            raw=data,
        )


class Products(Namespace):
    """Products that the token has access to."""

    async def list(self, *, scope: Scope = ACCOUNT) -> tuple[Product, ...]:
        """List the products of the account or of an organization."""
        answer = await self._session.request(*LIST_PRODUCTS.at(scope))
        return tuple(Product.from_json(item) for item in objects_of(answer.array("products")))

    async def list_visible(self) -> tuple[Product, ...]:
        """List products at the address that Particle's JavaScript client uses."""
        answer = await self._session.request(*LIST_VISIBLE_PRODUCTS.at())
        return tuple(Product.from_json(item) for item in objects_of(answer.array("products")))

    async def create(
        self,
        name: str,
        platform_id: int,
        *,
        description: str | None = None,
        settings: Mapping[str, Any] | None = None,
        scope: Scope = ACCOUNT,
    ) -> Product:
        """Create a product for the account or for an organization.

        Args:
            name: Name of the product.
            platform_id: Hardware platform of the devices.
            description: Description of the product.
            settings: For example ``{"quarantine": false}``.
            scope: Account or organization.
        """
        product = {
            "name": require_text(name, "name", "name"),
            "platform_id": platform_id,
            **without_none({"description": description, "settings": settings}),
        }
        answer = await self._session.request(*CREATE_PRODUCT.at(scope), json={"product": product})
        return answer.read(Product.from_json, "product")

    async def get(self, product: str | int) -> Product:
        """Get one product by its number or slug.

        Raises:
            ProductNotFoundError: The product does not exist, or the token has no access to it.
        """
        answer = await self._session.request(
            *GET_PRODUCT.at(product=product), subject=Subject.PRODUCT
        )
        return answer.read(Product.from_json, "product")
