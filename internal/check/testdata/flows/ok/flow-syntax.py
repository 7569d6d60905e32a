match 1:
    case {"a": [x, *_], **rest} if x:
        print(f"{x!r:>{10}}")

async def f(a, /, *, b: int = (c := 2)) -> None:
    async with g() as h:
        await h
