"""How callers come in: guards of routes and pages, and references that resolve to objects.

``May("collect")`` is used two ways, always with an act of ``permissions.ACTS``:

* ``@router.post("intakes", auth=May("collect"))`` declares the act of an API route;
* ``Permitted[Site]`` turns a code of the path, query or body into an object that the
  caller may touch: outside the structure it does not exist, inside it the role decides.

``@page("collect")`` declares the act of a page; ``@anyone`` opens one to all.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, wraps
from inspect import getclosurevars, isfunction
from types import SimpleNamespace
from typing import Annotated, Any, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import EmptyResultSet, ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import URLPattern, URLResolver, reverse
from django.utils.translation import gettext as _
from ninja import Router
from ninja.errors import ValidationError as ShapeError
from ninja.openapi.views import default_home
from ninja.operation import Operation, PathView
from ninja.security import HttpBearer
from pydantic import GetCoreSchemaHandler, ValidationInfo
from pydantic_core import PydanticCustomError, core_schema

from organisation.models import Site, Token, User
from organisation.permissions import ACTS, CallerRequest, require_act
from organisation.prepared import Prepared
from organisation.shapes import Page
from organisation.stations import named_by, person_of


class _CsrfCheck(CsrfViewMiddleware):
    """Django's own check, which says why instead of rendering a page."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason

    @classmethod
    def fails(cls, request: HttpRequest) -> bool:
        check = cls(lambda _request: HttpResponse())
        check.process_request(request)
        return check.process_view(request, lambda: HttpResponse(), (), {}) is not None


class May(HttpBearer):
    """An act, as the guard of a route or as the condition under which a reference resolves."""

    def __init__(self, act: str | None = None) -> None:
        super().__init__()
        self.act = None if act is None else require_act(act)
        self.query_keys: frozenset[str] = frozenset()

    # As a guard: who is calling, and may this person do it anywhere at all?

    def __call__(self, request: HttpRequest) -> Any:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme:
            read = {"bearer": self.authenticate, "tablet": self._at_station}.get(scheme.lower())
            user = read(request, secret) if read else None
        else:
            user = request.user if request.user.is_authenticated else None
            if user and _CsrfCheck.fails(request):
                raise PermissionDenied(_("This page is too old: reload it and try again."))
        if user is None or user.organisation_id is None:
            return None
        request.user = user
        self.admit(request)
        return user

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return Token.objects.owner(token.strip())

    @staticmethod
    def _at_station(request: HttpRequest, said: str) -> Any:
        """Whoever typed the PIN, if the pass came from its own tablet."""
        return person_of(request.station, said.strip())  # type: ignore[attr-defined]

    def admit(self, request: HttpRequest) -> None:
        """Refuse a caller whose roles never allow the act, and query keys nobody knows."""
        act = require_act(self.act)
        request.act = act  # type: ignore[attr-defined]
        if not caller(request).may_anywhere(act):
            raise PermissionDenied(_("Your role does not allow this."))
        if unknown := sorted(set(request.GET) - self.query_keys):
            raise ShapeError(
                [{"type": "extra_forbidden", "loc": ["query", key]} for key in unknown]
            )

    # As a condition: from a code to an object.

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        def resolve(value: Any, info: ValidationInfo) -> Any:
            if isinstance(value, source):
                return value
            return self.resolve(source, value, (info.context or {})["request"])

        return core_schema.with_info_plain_validator_function(
            resolve,
            json_schema_input_schema=core_schema.str_schema(min_length=1, max_length=64),
            serialization=core_schema.plain_serializer_function_ser_schema(
                str, return_schema=core_schema.str_schema()
            ),
        )

    def resolve(self, model: Any, value: Any, request: HttpRequest) -> Any:
        """Return the ``model`` that ``value`` names for the caller."""
        if not isinstance(value, str):
            raise PydanticCustomError("string_type", "")
        known = request.__dict__.setdefault("resolved", {})
        key = type(self), model, value
        if key not in known:
            known[key] = self._look_up(model, value, request)
        return known[key]

    def _look_up(self, model: Any, value: str, request: HttpRequest) -> Any:
        found = None
        if _is_code(value):
            found = _row(model, value, request)
        if found is None:
            raise PydanticCustomError(f"unknown_{model._meta.model_name}", "")
        act = self.act or request.act  # type: ignore[attr-defined]
        site = getattr(found, "guarded_by", None)
        if site is not None and not caller(request).may(act, site):
            raise PydanticCustomError("forbidden", "")
        if site is found and not hasattr(request, "site"):
            request.site = found  # type: ignore[assignment]
        return found


class Surrender(May):
    """The guard of what a tablet hands over: even withdrawn, even by somebody let go."""

    @staticmethod
    def _at_station(request: HttpRequest, said: str) -> Any:
        return named_by(request.station, said.strip())  # type: ignore[attr-defined]

    def admit(self, request: HttpRequest) -> None:
        if getattr(request, "station", None) is None:
            super().admit(request)
        request.act = require_act(self.act)  # type: ignore[attr-defined]


class Home(May):
    """A site of the caller's structure, whatever their role there."""

    def _look_up(self, model: Any, value: str, request: HttpRequest) -> Any:
        site = _row(model, value, request) if _is_code(value) else None
        if site is None:
            raise PydanticCustomError("unknown_site", "")
        return site


class Reach(May):
    """A site as a destination: one's own, or another member's of a shared network."""

    def _look_up(self, model: Any, value: str, request: HttpRequest) -> Any:
        sites = model.objects.reached_from(caller(request).organisation_id)
        site = sites.named(value).first() if _is_code(value) else None
        if site is None:
            raise PydanticCustomError("unknown_site", "")
        return site


def _is_code(value: str) -> bool:
    """Whether ``value`` may be one at all: PostgreSQL breaks on some that are not."""
    return value.isascii() and value.isprintable()


def _row(model: Any, code: str, request: HttpRequest) -> Any:
    """The row that ``code`` names for the caller."""
    fetched = getattr(request, "fetched", {})
    if (model, code) in fetched:
        return fetched[model, code]
    if prepared := _prepared(model):
        kept = _reading(model)(code)
        return prepared.row(request.user.organisation_id, kept)  # type: ignore[union-attr]
    return model.objects.within(request).named(code).first()


def _reading(model: Any) -> Callable[[str], str]:
    return getattr(model, "kept_code", str)


@cache
def _prepared(model: Any) -> Prepared[Any] | None:
    """A prepared look-up, where structure and code decide alone.

    A model whose codes are written in several ways tells how it keeps them (``kept_code``).
    """

    def rows(organisation: int, code: str) -> Any:
        caller = SimpleNamespace(user=SimpleNamespace(organisation_id=organisation, pk=None))
        return model.objects.within(caller).named(code)

    # Where ``named`` reads it as another, the query cannot be prepared.
    prepared = Prepared(rows, -1, _reading(model)(" odd/code "))
    try:
        prepared.build()
    except (ImproperlyConfigured, PydanticCustomError, EmptyResultSet):
        return None
    return prepared


# Ninja makes a class for each status of each route, a thousand in all, of which seventy differ:
# they took an eighth of a worker's memory and a quarter of a second of every start.
_new_answer = Operation._create_response_model
_answer_of = cache(lambda shape: _new_answer(None, shape))  # type: ignore[arg-type]
Operation._create_response_model = lambda _self, shape: _answer_of(shape)  # type: ignore[method-assign, assignment]

T = TypeVar("T")
Permitted = Annotated[T, May()]
"""``Permitted[Site]``: a code that names a site where the caller may do the route's act."""
Destination = Annotated[Site, Reach()]
OwnSite = Annotated[Site, Home()]


@dataclass(frozen=True, slots=True)
class Together:
    """Before a list: look all its codes up at once, for each to be judged as ever.

    ``Annotated[list[Permitted[Item]], Field(max_length=2_000), Together(Item, 2_000)]``; the
    model's rows tell ``each_named(codes)``. A list longer than ``most`` is refused anyway.
    """

    model: Any
    most: int

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.with_info_before_validator_function(self._fetch, handler(source))

    def _fetch(self, said: Any, info: ValidationInfo) -> Any:
        if isinstance(said, list) and 1 < len(said) <= self.most:
            request = (info.context or {})["request"]
            asked = {code for code in said if isinstance(code, str) and _is_code(code)}
            found = self.model.objects.within(request).each_named(asked)
            fetched = request.__dict__.setdefault("fetched", {})
            fetched |= {(self.model, code): found.get(code) for code in asked}
        return said


class SitePage(Page):
    """A page of a list, of one site or of all the caller may see."""

    site: Permitted[Site] | None = None


def require(request: HttpRequest, site: Site) -> None:
    """Refuse a caller who may not do the route's act at ``site``. Raises PermissionDenied."""
    if not request.user.may(request.act, site):  # type: ignore[union-attr, attr-defined]
        raise PermissionDenied(_("Your role does not allow this at this site."))


def caller(request: HttpRequest) -> User:
    """The signed-in person: the guards above let nobody else through."""
    assert isinstance(request.user, User)  # noqa: S101 (narrows the type)
    return request.user


class Doors(Router):
    """A router whose every route declares its act, and answers only to query keys it knows."""

    def add_api_operation(
        self, path: str, methods: list[str], view_func: Callable[..., Any], **options: Any
    ) -> None:
        may = options.get("auth")
        if not isinstance(may, May):
            raise ImproperlyConfigured(f"{methods} {path} must declare its act: auth=May(…).")
        require_act(may.act)
        super().add_api_operation(path, methods, view_func, **options)
        operation = self.path_operations[path].operations[-1]
        may.query_keys = frozenset(
            name
            for model in operation.models
            if model.__ninja_param_source__ == "query"
            for name in model.__ninja_flatten_map__
        )


def page(act: str) -> Callable[[Callable[..., HttpResponse]], Any]:
    """Guard a page: sign in, hold the act, and turn a ``site`` code of the path into a Site."""
    require_act(act)

    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            request.act = act  # type: ignore[attr-defined]
            if request.user.organisation_id is None or not request.user.may_anywhere(act):
                raise PermissionDenied(_("Your role does not allow this."))
            if "site" in kwargs:
                kwargs["site"] = _permitted_site(cast("CallerRequest", request), kwargs["site"])
            return view(request, **kwargs)

        guarded.act = act  # type: ignore[attr-defined]
        return guarded

    return guard


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """On a tablet people tap their name; elsewhere they type it."""
    here = request.get_full_path()
    if getattr(request, "station", None):
        return redirect_to_login(here, login_url=reverse("tablet"))
    return redirect_to_login(here)


def _permitted_site(request: CallerRequest, code: str) -> Any:
    site = Site.objects.within(request).named(code).first() if _is_code(code) else None
    if site is None:
        raise Http404
    require(request, site)
    return site


ANYONE = "anyone"


def anyone(view: Any) -> Any:
    """Open a page to people who have not signed in."""
    view.act = ANYONE
    return view


def callbacks(
    patterns: Iterable[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[tuple[str, Any]]:
    """Every ``(route, view)`` behind these URL patterns."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from callbacks(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


def acts_of(view: Any) -> list[str | None]:
    """The acts that a page, or each operation of an API path, declares."""
    guards = [operation.auth_param for operation in operations_of(view)]
    return [getattr(guard, "act", None) for guard in guards or [view]]


def operations_of(view: Any) -> list[Any]:
    """The operations of an API path; none for a page. Ninja hides them in a closure."""
    behind = getclosurevars(view).nonlocals.get("self") if isfunction(view) else None
    return list(behind.operations) if isinstance(behind, PathView) else []


def require_acts(patterns: Iterable[URLPattern | URLResolver]) -> None:
    """Refuse, at import, a page or a route that declares no act and is not open to anyone."""
    for route, view in callbacks(patterns):
        if getattr(view, "func", None) is default_home:  # ninja's own root: always a 404
            continue
        for act in acts_of(view):
            if act != ANYONE and act not in ACTS:
                raise ImproperlyConfigured(f"/{route} must declare its act: @page(…) or @anyone.")
