import grimp

from config.devtools.contracts import find_crossings


def make_graph(*imports: tuple[str, str]) -> grimp.ImportGraph:
    graph = grimp.ImportGraph()
    for module in ("shop", "shop.wall", "shop.wall.inner", "shop.till", "other"):
        graph.add_module(module)
    graph.add_module("django", is_squashed=True)
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported)
    return graph


def test_a_sealed_package_may_use_itself_and_libraries() -> None:
    graph = make_graph(
        ("shop.wall", "shop.wall.inner"), ("shop.wall.inner", "django"), ("shop.till", "other")
    )

    assert find_crossings(graph, package="shop.wall") == []


def test_imports_through_the_wall_are_found_both_ways() -> None:
    graph = make_graph(("shop.wall.inner", "shop.till"), ("other", "shop.wall"))

    assert find_crossings(graph, package="shop.wall") == [
        ("other", "shop.wall"),
        ("shop.wall.inner", "shop.till"),
    ]
