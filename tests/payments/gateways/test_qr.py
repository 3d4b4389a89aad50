"""The picture that phones read."""

from xml.etree import ElementTree

from app.payments.gateways.qr import qr_svg

SVG = "{http://www.w3.org/2000/svg}"


def test_the_picture_needs_no_style_and_no_script():
    picture = qr_svg("some text", "Pay by Pix")
    tree = ElementTree.fromstring(picture)
    names = {element.tag.removeprefix(SVG) for element in tree.iter()}
    attributes = {name for element in tree.iter() for name in element.attrib}
    assert names == {"svg", "path"}
    assert attributes <= {"role", "aria-label", "viewBox", "class", "fill", "stroke", "d"}


def test_the_picture_is_named_for_who_cannot_see_it():
    tree = ElementTree.fromstring(qr_svg("some text", 'A "code" <of> R$ 90'))
    assert (tree.get("role"), tree.get("aria-label")) == ("img", 'A "code" <of> R$ 90')


def test_templates_take_it_as_it_is():
    assert qr_svg("some text", "x").__html__().startswith("<svg ")
