"""What the pipeline does when a guarded update succeeds, and when it is rolled back."""

import importlib
import os
import pathlib

import pytest

# DEPLOYER=deployer_fixed takes the deployer that has been mended.
deployer = importlib.import_module(os.environ.get("DEPLOYER", "deployer"))


@pytest.fixture
def shop(sagebrush):
    """The world of shop.toml."""
    sagebrush.scenario(pathlib.Path(__file__).parent / "shop.toml")
    return sagebrush


def deploy(shop, config):
    """Run the pipeline's step: where it would sleep, the world's time passes."""
    deployer.deploy(shop.client("sagemaker"), "shop", config, pause=lambda: shop.clock.advance(30))


def test_a_good_model_is_deployed(shop):
    deploy(shop, "shop-v2")
    shop.assert_updated("shop", "shop-v2")


def test_a_bad_model_fails_the_pipeline(shop):
    with pytest.raises(Exception, match="shop-errors"):
        deploy(shop, "shop-bad")
    shop.assert_rolled_back("shop", because="alarm", alarm="shop-errors")


def test_an_answer_of_the_past_does_not_fool_the_pipeline(shop):
    with shop.fault("stale_reads", seconds=20), pytest.raises(Exception, match="shop-errors"):
        deploy(shop, "shop-bad")
