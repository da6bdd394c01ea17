"""The wire: what it waits for, what it gives up on, what it refuses, and what it never says."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from replay_server import Asked, Replay, Reply, Time, bomb, of_json, page, quick_wire, replaying

from geokehila import __version__
from geokehila.errors import FetchError
from geokehila.fetch.addresses import fault_of, shown
from geokehila.fetch.part import Tag
from geokehila.fetch.wire import Call, Manners, Wire

BODY = bytes(range(256)) * 2000
#: What the server of files calls BODY.
TAG = Tag(f'"{hash(BODY):x}"', "Sun, 01 Nov 2026 08:00:00 GMT")


@pytest.fixture
def replay() -> Iterator[Replay]:
    with replaying() as server:
        yield server


def fault(call: Call, time: Time | None = None, max_mb: float = 1.0, **manners: float) -> str:
    with pytest.raises(FetchError) as raised:
        quick_wire(time, **manners).json(call, max_mb)
    text = str(raised.value)
    assert "\n" not in text
    return text


def test_it_says_who_it_is_and_carries_no_password(
    replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password word\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    assert quick_wire().json(Call(replay.at("/a", of_json({"count": 3})), {"f": "json"}), 1.0) == {"count": 3}
    asked = replay.asked[0]
    assert asked.headers["user-agent"].startswith(f"GeoKehila/{__version__} ")
    quick_wire().json(Call(f"{replay.url}/a", agent="external-client"), 1.0)
    assert replay.asked[1].headers["user-agent"].startswith(f"external-client GeoKehila/{__version__} ")
    assert "authorization" not in asked.headers and asked.query == {"f": "json"}


def test_a_form_is_posted(replay: Replay) -> None:
    url = replay.at("/q", of_json([]))
    quick_wire().json(Call(url, form={"data": "[out:json];"}), 1.0)
    assert (replay.asked[0].method, replay.asked[0].form) == ("POST", {"data": "[out:json];"})


def test_it_waits_as_long_as_it_is_asked_to(replay: Replay) -> None:
    time = Time()
    url = replay.at("/a", Reply(status=429, headers={"Retry-After": "30"}), of_json([1]))
    assert quick_wire(time).json(Call(url), 1.0) == [1]
    assert time.slept == [30.0]


def test_no_wait_is_longer_than_the_longest(replay: Replay) -> None:
    time = Time()
    url = replay.at("/a", Reply(status=503, headers={"Retry-After": "86400"}), of_json([1]))
    quick_wire(time, longest_wait_s=120.0).json(Call(url), 1.0)
    assert time.slept == [120.0]


@pytest.mark.parametrize("stated", ["soon", "", "-5", "Mon, 01 Jan 0001 00:00:00 GMT"])
def test_a_wait_that_is_no_number_is_its_own(replay: Replay, stated: str) -> None:
    time = Time()
    url = replay.at("/a", Reply(status=429, headers={"Retry-After": stated}), of_json([1]))
    quick_wire(time, first_wait_s=2.0).json(Call(url), 1.0)
    assert 2.0 <= time.slept[0] <= 3.0


@pytest.mark.parametrize("stated", ["9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_wait_beyond_all_times_is_the_longest(replay: Replay, stated: str) -> None:
    time = Time()
    url = replay.at("/a", Reply(status=429, headers={"Retry-After": stated}), of_json([1]))
    quick_wire(time, longest_wait_s=60.0).json(Call(url), 1.0)
    assert time.slept == [60.0]


def test_a_server_that_says_nothing_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        text = fault(Call(f"http://127.0.0.1:{deaf.getsockname()[1]}/q"), attempts=2, read_s=0.05)
    assert "does not answer in time, asked 2 times" in text


@pytest.mark.parametrize("length", ["9" * 5000, "-1", "many", "²"])
def test_a_length_that_is_none_is_no_traceback(length: str, tmp_path: Path) -> None:
    told = f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n[1]".encode()

    def serve(listening: socket.socket) -> None:
        for _ in range(2):
            with listening.accept()[0] as client:
                client.recv(65_536)
                client.sendall(told)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, args=(listening,), daemon=True).start()
        call = Call(f"http://127.0.0.1:{listening.getsockname()[1]}/q")
        try:
            quick_wire(attempts=2).save(call, tmp_path / "a.json", 1.0)
        except FetchError as raised:
            assert "\n" not in str(raised)
        else:
            assert (tmp_path / "a.json").read_bytes() == b"[1]"


def test_waits_double_and_are_the_same_each_time(replay: Replay) -> None:
    url = replay.at("/a", Reply(status=504))
    times = [Time(), Time()]
    for time in times:
        fault(Call(url), time, first_wait_s=2.0, attempts=4)
    assert times[0].slept == times[1].slept
    assert [2 * 2**i <= wait <= 3 * 2**i for i, wait in enumerate(times[0].slept)] == [True] * 3


def test_after_the_last_attempt_it_says_so(replay: Replay) -> None:
    text = fault(Call(replay.at("/a", Reply(status=504)), {"resource": "7"}), attempts=3)
    assert text.startswith(f"{replay.url}/a: answers 504") and "asked 3 times" in text and "resource" not in text
    assert replay.times("/a") == 3


@pytest.mark.parametrize(
    ("status", "remedy"), [(404, "sources.toml"), (410, "sources.toml"), (403, "--from"), (401, "--from")]
)
def test_what_will_not_pass_is_asked_once(replay: Replay, status: int, remedy: str) -> None:
    text = fault(Call(replay.at("/a", page(status=status))))
    assert f"answers {status}" in text and remedy in text and replay.times("/a") == 1


def test_nothing_waits_beyond_the_deadline(replay: Replay) -> None:
    time = Time()
    fault(Call(replay.at("/a", Reply(status=503, headers={"Retry-After": "100"}))), time, deadline_s=250.0)
    assert sum(time.slept) <= 250.0 and replay.times("/a") == 3


def test_a_server_that_drips_is_left(replay: Replay) -> None:
    # Each look at the clock is a minute later: a deadline of three is over long before so many bytes came one by one.
    body = json.dumps([0] * 20_000).encode()
    text = fault(Call(replay.at("/a", Reply(body, drip=True))), Time(tick_s=60.0), deadline_s=180.0)
    assert "not done after 180 s" in text


def test_a_host_is_not_asked_twice_in_a_moment(replay: Replay) -> None:
    time = Time()
    wire = quick_wire(time, pause_s=0.5)
    for _ in range(3):
        wire.json(Call(replay.at("/a", of_json([1]))), 1.0)
    assert time.slept == [0.5, 0.5]


def test_nobody_there_is_one_line_without_the_address_parameters() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    text = fault(Call(f"http://127.0.0.1:{port}/q", {"resource": "7"}), attempts=2)
    assert text == f"http://127.0.0.1:{port}/q: cannot be reached, asked 2 times: try again later"


def test_a_web_page_instead_of_json_is_refused(replay: Replay) -> None:
    assert "a web page instead of JSON" in fault(Call(replay.at("/a", page())))
    assert "nothing instead of JSON" in fault(Call(replay.at("/b", Reply(b""))))
    assert "web page" in fault(Call(replay.at("/c", Reply(page().body, headers={"Content-Type": "application/json"}))))


def test_json_that_is_cut_is_asked_for_again(replay: Replay) -> None:
    whole = of_json({"features": [1, 2, 3]})
    url = replay.at("/a", Reply(whole.body[:-4]), Reply(whole.body, cut_at=5), whole)
    assert quick_wire().json(Call(url), 1.0) == {"features": [1, 2, 3]}
    assert replay.times("/a") == 3


def test_json_as_deep_as_a_well_is_refused(replay: Replay) -> None:
    assert "nested too deep" in fault(Call(replay.at("/a", Reply(b"[" * 200_000 + b"]" * 200_000))))


def test_a_busy_answer_of_status_200_is_asked_for_again(replay: Replay) -> None:
    url = replay.at("/a", of_json({"remark": "busy"}), of_json({"elements": []}))
    assert quick_wire().json(Call(url), 1.0, lambda answer: answer.get("remark", "")) == {"elements": []}


def test_what_takes_long_is_told(replay: Replay, tmp_path: Path) -> None:
    said: list[str] = []
    time = Time()
    wire = Wire(Manners(pause_s=0.0), time.clock, time.sleep, say=said.append)
    url = replay.at("/a", Reply(status=429, headers={"Retry-After": "30"}), Reply(bytes(45_000_000)))
    wire.save(Call(url, {"resource": "7"}), tmp_path / "a.bin", 100.0)
    assert said == ["127.0.0.1: answers 429 Too Many Requests; again in 30 s", "127.0.0.1: 20 MB", "127.0.0.1: 40 MB"]


def test_packed_answers_are_unpacked_and_bombs_are_not(replay: Replay) -> None:
    packed = Reply(gzip.compress(b'{"a": 1}'), headers={"Content-Encoding": "gzip"})
    assert quick_wire().json(Call(replay.at("/a", packed)), 1.0) == {"a": 1}
    exploding = bomb(60)
    assert len(exploding.body) < 100_000
    assert "more than 5 MB" in fault(Call(replay.at("/b", exploding)), max_mb=5.0)
    assert "is wrongly packed" in fault(
        Call(replay.at("/c", Reply(b"no gzip at all", headers={"Content-Encoding": "gzip"}))), attempts=2
    )


def test_what_declares_itself_too_large_is_not_read(replay: Replay, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"0\.5 MB are expected"):
        quick_wire().save(Call(replay.at("/a", Reply(bytes(600_000)))), tmp_path / "a.bin", 0.5)
    assert not (tmp_path / "a.bin").exists()


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://host/a", "gopher://host/", "http://me:hush@127.0.0.1/a"])
def test_redirects_lead_only_to_the_web(replay: Replay, to: str) -> None:
    text = fault(Call(replay.at("/a", Reply(status=302, headers={"Location": to}))))
    assert "leads to another address" in text and "hush" not in text and "passwd" not in text


def test_redirects_are_followed_a_few_times(replay: Replay) -> None:
    replay.at("/b", of_json({"found": True}))
    # A store signs the address that it sends one to: that is asked, and never written down.
    url = replay.at("/a", Reply(status=302, headers={"Location": "/b?X-Signature=word"}))
    assert quick_wire().json(Call(url, {"f": "json"}), 1.0) == {"found": True}
    assert replay.asked[-1].query == {"X-Signature": "word"}
    assert "leads on more than 5 times" in fault(Call(replay.at("/c", Reply(status=301, headers={"Location": "/c"}))))


def test_a_file_is_written_whole(replay: Replay, tmp_path: Path) -> None:
    tag = quick_wire().save(Call(replay.at("/a", Reply(BODY, ranged=True))), tmp_path / "a.bin", 1.0)
    assert tag == TAG and (tmp_path / "a.bin").read_bytes() == BODY
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]


def test_what_is_known_is_not_downloaded(replay: Replay, tmp_path: Path) -> None:
    assert quick_wire().save(Call(replay.at("/a", Reply(BODY, ranged=True))), tmp_path / "a.bin", 1.0, TAG) is None
    assert [*tmp_path.iterdir()] == []


def test_a_cut_connection_goes_on_where_it_was(replay: Replay, tmp_path: Path) -> None:
    url = replay.at("/a", *(Reply(BODY, ranged=True, cut_at=at) for at in (100_000, 300_000)), Reply(BODY, ranged=True))
    quick_wire().save(Call(url), tmp_path / "a.bin", 1.0)
    assert (tmp_path / "a.bin").read_bytes() == BODY
    assert [asked.headers.get("range") for asked in replay.asked] == [None, "bytes=100000-", "bytes=300000-"]
    assert replay.asked[1].headers["if-range"] == TAG.etag


def test_a_later_call_goes_on_too(replay: Replay, tmp_path: Path) -> None:
    url = replay.at("/a", Reply(BODY, ranged=True, cut_at=100_000), Reply(BODY, ranged=True))
    with pytest.raises(FetchError, match="breaks off"):
        quick_wire(attempts=1).save(Call(url), tmp_path / "a.bin", 1.0)
    assert not (tmp_path / "a.bin").exists()
    quick_wire().save(Call(url), tmp_path / "a.bin", 1.0)
    assert (tmp_path / "a.bin").read_bytes() == BODY
    assert replay.asked[-1].headers["range"] == "bytes=100000-"


def test_another_file_in_between_begins_anew(replay: Replay, tmp_path: Path) -> None:
    other = BODY[::-1]
    url = replay.at("/a", Reply(BODY, ranged=True, cut_at=100_000), Reply(other, ranged=True))
    quick_wire().save(Call(url), tmp_path / "a.bin", 1.0)
    assert (tmp_path / "a.bin").read_bytes() == other


def test_a_server_that_gives_another_part_is_not_believed(replay: Replay, tmp_path: Path) -> None:
    def answer(asked: Asked) -> Reply:
        if "range" not in asked.headers:
            turn = replay.times("/a")
            return Reply(BODY, headers={"ETag": '"1"'}, cut_at=1000 if turn == 1 else None)
        return Reply(BODY[500:], 206, {"Content-Range": f"bytes 500-{len(BODY) - 1}/{len(BODY)}", "ETag": '"1"'})

    quick_wire().save(Call(replay.at("/a", answer)), tmp_path / "a.bin", 1.0)
    assert (tmp_path / "a.bin").read_bytes() == BODY


def test_a_weak_mark_is_not_gone_on_with(replay: Replay, tmp_path: Path) -> None:
    marked = {"ETag": 'W/"1"'}
    url = replay.at("/a", Reply(BODY, headers=marked, cut_at=100_000), Reply(BODY, headers=marked))
    assert quick_wire().save(Call(url), tmp_path / "a.bin", 1.0) == Tag('W/"1"')
    assert "range" not in replay.asked[1].headers


def test_a_part_of_another_address_counts_for_nothing(replay: Replay, tmp_path: Path) -> None:
    first = replay.at("/a", Reply(BODY, ranged=True, cut_at=100_000))
    with pytest.raises(FetchError):
        quick_wire(attempts=1).save(Call(first), tmp_path / "a.bin", 1.0)
    quick_wire().save(Call(replay.at("/b", Reply(b"other", ranged=True))), tmp_path / "a.bin", 1.0)
    assert (tmp_path / "a.bin").read_bytes() == b"other"


def test_a_server_that_has_less_than_before_begins_anew(replay: Replay, tmp_path: Path) -> None:
    same = {"ETag": '"1"'}
    url = replay.at("/a", Reply(BODY, headers=same, cut_at=1000), Reply(status=416), Reply(b"short", headers=same))
    quick_wire().save(Call(url), tmp_path / "a.bin", 1.0)
    assert (tmp_path / "a.bin").read_bytes() == b"short"


@pytest.mark.parametrize(
    "url",
    [
        "https://me:word@host/a", "https://token@host/a", "https://host/a?token=word", "https://host/a?api_key=word",
        "https://host/a?X-Amz-Signature=word", "https://host/a?access-token=", "file:///etc/passwd", "/etc/passwd",
        "ftp://host/a", "https:///a", "javascript:alert(1)", "http://[bad/a",
    ],
)  # fmt: skip
def test_addresses_that_are_not_asked(url: str) -> None:
    assert fault_of(url)
    text = fault(Call(url))
    assert "word" not in text.replace("user name or password", "") or "looks like" in text
    assert "=word" not in text and ":word" not in text


def test_secrets_among_the_parameters_are_not_sent(replay: Replay) -> None:
    url = replay.at("/a", of_json([1]))
    assert "looks like a secret" in fault(Call(url, {"apiKey": "word"})) and not replay.asked


@given(st.text(max_size=80))
def test_whatever_stands_for_an_address_is_told_or_taken(text: str) -> None:
    assert isinstance(fault_of(text), str)
    assert "?" not in shown(f"https://host/a?{text}")


def test_usual_manners_end() -> None:
    manners = Manners()
    assert manners.attempts * manners.longest_wait_s < manners.deadline_s
    assert Wire().manners == manners
